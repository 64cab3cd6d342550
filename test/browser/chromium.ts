import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import bundled from '@sparticuz/chromium'

/** The package's own arguments switch web security off; these do not. */
export const ARGUMENTS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/**
 * Where a Chromium is: what `CHROMIUM_PATH` names (`none`: nowhere), else the one of the package; undefined where
 * that has none.
 */
export async function findChromium(): Promise<string | undefined> {
  const named = process.env['CHROMIUM_PATH']
  if (named === 'none') return undefined
  if (named) return named
  return process.platform === 'linux' && process.arch === 'x64' ? unpack() : undefined
}

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** Unpacks it once, beside the package; of several runs that do so at once, the first one's is taken. */
async function unpack(): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(modules, '@sparticuz/chromium/package.json'), 'utf8'))
  const folder = join(modules, '.cache', `chromium-${version}`)
  const path = join(folder, 'chromium')
  if (existsSync(path)) return path
  mkdirSync(dirname(folder), { recursive: true })
  const draft = mkdtempSync(`${folder}-`)
  await inTemporaryFolder(draft, () => bundled.executablePath())
  try {
    renameSync(draft, folder)
  } catch {
    rmSync(draft, { recursive: true })
  }
  return path
}

/** The package unpacks to the system's folder for temporary files, and nowhere else. */
async function inTemporaryFolder<T>(folder: string, act: () => Promise<T>): Promise<T> {
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  try {
    return await act()
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
}
