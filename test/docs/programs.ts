import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { type Block, ROOT } from './blocks.ts'
import * as prelude from './prelude.ts'

/** What the pages take for granted, as a module. */
export const PRELUDE = fileURLToPath(new URL('prelude.ts', import.meta.url))
const FOLDER = fileURLToPath(new URL('reports/', ROOT))

/** A folder within the repository, from which the packages are found; it goes when the tests of a file are done. */
export function makeFolder(): string {
  mkdirSync(FOLDER, { recursive: true })
  const folder = mkdtempSync(join(FOLDER, 'docs-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  return folder
}

/** Writes a program under a name, as it is. */
export function writeWhole(folder: string, name: string, code: string): string {
  const path = join(folder, name)
  writeFileSync(path, fromSource(code))
  return path
}

/** Writes a block as a program: with the package's source in place of the package, and what the pages take for granted. */
export function writeProgram(folder: string, { page, line, code }: Block): string {
  const path = join(folder, `${page.replace(/\W/g, '-')}-${line}.ts`)
  writeFileSync(path, `${importsOf(code)}\n${fromSource(code)}\nexport {}\n`)
  return path
}

/** A program with the package's source in place of the package. */
export function fromSource(code: string): string {
  return code.replaceAll(/from 'sliding-jwt(\/[\w/]+)?'/g, (_whole, entry) => `from '${sourceOf(entry)}'`)
}

/** The source of an entry point, such as `/client` of `sliding-jwt/client`. */
function sourceOf(entry = ''): string {
  const { exports } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'))
  const { default: built }: { default: string } = exports[`.${entry}`]
  return fileURLToPath(new URL(built.replace(/^\.\/dist\/(.+)\.js$/, 'src/$1.ts'), ROOT))
}

/** The names of the prelude that a block uses and does not declare. */
function importsOf(code: string): string {
  const needed = Object.keys(prelude).filter(
    (name) =>
      new RegExp(`(?<![.'\\w])${name}\\b(?!:)`).test(code) &&
      !new RegExp(`\\b(const|function|import) [{ ]*${name}\\b`).test(code),
  )
  return needed.length === 0 ? '' : `import { ${needed.join(', ')} } from '${PRELUDE}'`
}
