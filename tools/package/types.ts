import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** What of a package's description matters here. */
interface Description {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>
}

/** What a declaration file refers to: by `import`, `export … from`, `import('…')`. */
const REFERENCE = /(?:from |import\(|import )["']([^"']+)["']/g

/** The declarations of a built package that its entry points lead to, and the packages that these name. */
export function publicTypes(folder: string): { files: Set<string>; packages: Set<string> } {
  const { exports }: Description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const entries = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : [entry.types]))
  const files = new Set<string>()
  const packages = new Set<string>()
  const waiting = entries.map((entry) => resolve(folder, entry))
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue
    files.add(file)
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(REFERENCE)) {
      if (specifier.startsWith('.')) waiting.push(declarationOf(resolve(dirname(file), specifier)))
      else packages.add(specifier)
    }
  }
  return { files, packages }
}

function declarationOf(path: string): string {
  const declaration = path.replace(/\.(js|ts)$/, '.d.ts')
  if (!existsSync(declaration)) throw new Error(`${declaration} is missing`)
  return declaration
}

/** The declarations of a built package that nobody can get to. */
export function hiddenTypes(folder: string): string[] {
  const { files } = publicTypes(folder)
  return readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' })
    .map((path) => resolve(folder, 'dist', path))
    .filter((path) => path.endsWith('.d.ts') && !files.has(path))
}
