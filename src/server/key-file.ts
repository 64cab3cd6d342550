import { randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { ConfigurationError, generateKey, type SigningJwks } from '../index.ts'
import { isPostgresUrl, pathOf } from '../stores/open.ts'
import type { Config } from './config.ts'

/** The settings that say where the keys are. */
type KeySettings = Pick<Config, 'secret' | 'keysPath' | 'databaseUrl'>

/**
 * The keys that the settings name: a secret, a key file, or else a key file beside the database, which is
 * made on the first start. A database in memory has its keys in memory.
 */
export function keysOf(config: KeySettings): { readonly secret?: string; readonly keys?: SigningJwks } {
  if (config.secret !== undefined) return { secret: config.secret }
  if (config.keysPath !== undefined) return { keys: readKeyFile(config.keysPath) }
  if (isPostgresUrl(config.databaseUrl)) {
    const takes = 'a key file (or give JWT_SECRET), the same for all servers of a PostgreSQL database'
    throw new ConfigurationError('JWT_KEYS', 'nothing', takes)
  }
  const path = keyPathOf(config)
  return { keys: path === undefined ? newKeySet() : readOrMakeKeyFile(path) }
}

/** The path of the key file; undefined where the keys are a secret, or in memory only. */
export function keyPathOf({ secret, keysPath, databaseUrl }: KeySettings): string | undefined {
  if (secret !== undefined || keysPath !== undefined) return keysPath
  if (isPostgresUrl(databaseUrl)) return undefined
  const path = pathOf(databaseUrl)
  return path === ':memory:' ? undefined : keyPathBeside(path)
}

/** Where the keys of a database are, if nobody says otherwise. */
export function keyPathBeside(databasePath: string): string {
  return `${databasePath}.keys.json`
}

/** A set with one new random secret. */
export function newKeySet(): SigningJwks {
  return { keys: [generateKey('HS256')] }
}

/** A set as it stands in a file. */
export function formatKeySet(keys: SigningJwks): string {
  return `${JSON.stringify(keys, null, 2)}\n`
}

/**
 * Reads a key file; what the keys look like is for the library to judge.
 *
 * @throws ConfigurationError where it cannot be read or is no JSON.
 */
export function readKeyFile(path: string): SigningJwks {
  try {
    return parseKeyFile(path, readFileSync(path, 'utf8'))
  } catch (error) {
    throw error instanceof ConfigurationError ? error : unreadable(path, codeOf(error))
  }
}

/** The set in the text of a key file. */
export function parseKeyFile(path: string, text: string): SigningJwks {
  try {
    return JSON.parse(text)
  } catch {
    throw fileError(path, 'a file that is no JSON')
  }
}

/** A key file that could not be read, for a reason such as `ENOENT`. */
export function unreadable(path: string, reason: string): ConfigurationError {
  return fileError(path, `a file that cannot be read (${reason})`)
}

function fileError(path: string, got: string): ConfigurationError {
  return new ConfigurationError('JWT_KEYS', `${JSON.stringify(path)}, ${got}`, 'the path of a key file')
}

/** Reads the key file, or makes it, readable by its owner alone. Of several processes that start at once one makes it. */
export function readOrMakeKeyFile(path: string): SigningJwks {
  if (existsSync(path)) return readKeyFile(path)
  // Not by the number of the process, which in containers is the same for all.
  const draft = `${path}.${randomUUID()}`
  try {
    writeFileSync(draft, formatKeySet(newKeySet()), { mode: 0o600, flag: 'wx', flush: true })
    linkSync(draft, path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      throw new ConfigurationError(
        'JWT_KEYS',
        `${JSON.stringify(path)}, which cannot be made (${codeOf(error)})`,
        'the path of a key file',
      )
    }
  } finally {
    removeIfThere(draft)
  }
  syncFolder(dirname(path))
  return readKeyFile(path)
}

/** Without it, a power loss could bring back what was there before, when tokens of a new key are already out. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It was never made.
  }
}

/** The system's name of an error, such as `ENOENT`. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message
}
