import { readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)

/** What the console is made of. */
const SOURCES = ['src/console', 'src/client', 'vite.config.ts', 'package-lock.json']

const PAGE = 'dist/console/index.html'

/**
 * Builds the console, unless what is there is newer than its sources; answers whether it is there now. Without
 * vite, as after an install for production, it is left as it is.
 */
export async function buildConsole(): Promise<boolean> {
  if (isUpToDate()) return true
  const vite = await import('vite').catch(() => undefined)
  if (vite === undefined) return timeOf(PAGE) > 0
  await vite.build({ configFile: pathOf('vite.config.ts') })
  return true
}

function isUpToDate(): boolean {
  const built = timeOf(PAGE)
  return SOURCES.every((source) => newestIn(source) < built)
}

/** The time of the last change in a folder, or of a file. */
function newestIn(source: string): number {
  if (!isFolder(source)) return timeOf(source)
  const entries = readdirSync(pathOf(source), { recursive: true, encoding: 'utf8' })
  return Math.max(...entries.map((entry) => timeOf(`${source}/${entry}`)))
}

function isFolder(path: string): boolean {
  return statSync(pathOf(path), { throwIfNoEntry: false })?.isDirectory() === true
}

/** 0 where there is no such file. */
function timeOf(path: string): number {
  return statSync(pathOf(path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function pathOf(path: string): string {
  return fileURLToPath(new URL(path, root))
}
