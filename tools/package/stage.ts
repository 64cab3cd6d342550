import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What is published of a checkout, beside what is built. */
const SOURCES = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'bin', 'drizzle']

/** Builds the package into a folder of its own, but for the console: what `npm pack` would see there. */
export function stage(folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const name of SOURCES) cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  for (const options of [[], TYPES_ALONE]) {
    const args = ['tsc', '--project', 'tsconfig.build.json', '--outDir', join(folder, 'dist'), ...options]
    execFileSync('npx', args, { cwd: ROOT, stdio: 'inherit' })
  }
}

/** Comments are for who reads the types; the code goes without, as in `npm run build`. */
const TYPES_ALONE = ['--emitDeclarationOnly', '--removeComments', 'false']
