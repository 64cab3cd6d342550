import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { ConfigurationError, type SecretJwk } from '../index.ts'
import { isPostgresUrl, pathOf } from '../stores/open.ts'
import type { Config } from './config.ts'

/** A JWK Set (RFC 7517) with secrets in it. */
export interface KeySet {
  readonly keys: readonly SecretJwk[]
}

/**
 * The keys that the settings name: a secret, a key file, or else a key file beside the database, which is
 * made on the first start. A database in memory has its keys in memory.
 */
export function keysOf(config: Pick<Config, 'secret' | 'keysPath' | 'databaseUrl'>): {
  readonly secret?: string
  readonly keys?: KeySet
} {
  if (config.secret !== undefined) return { secret: config.secret }
  if (config.keysPath !== undefined) return { keys: readKeyFile(config.keysPath) }
  if (isPostgresUrl(config.databaseUrl)) {
    const takes = 'a key file (or give JWT_SECRET), the same for all servers of a PostgreSQL database'
    throw new ConfigurationError('JWT_KEYS', 'nothing', takes)
  }
  const path = pathOf(config.databaseUrl)
  return { keys: path === ':memory:' ? newKeySet() : readOrMakeKeyFile(keyPathBeside(path)) }
}

/** Where the keys of a database are, if nobody says otherwise. */
export function keyPathBeside(databasePath: string): string {
  return `${databasePath}.keys.json`
}

/** A set with one new random key. */
export function newKeySet(): KeySet {
  const kid = randomBytes(8).toString('base64url')
  return { keys: [{ kty: 'oct', alg: 'HS256', kid, k: randomBytes(32).toString('base64url') }] }
}

/**
 * Reads a key file; what the keys look like is for the library to judge.
 *
 * @throws ConfigurationError where it cannot be read or is no JSON.
 */
export function readKeyFile(path: string): KeySet {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const got =
      error instanceof SyntaxError
        ? 'a file that is no JSON'
        : `a file that cannot be read (${codeOf(error)})`
    throw new ConfigurationError('JWT_KEYS', `${JSON.stringify(path)}, ${got}`, 'the path of a key file')
  }
}

/** Reads the key file, or makes it, readable by its owner alone. Of several processes that start at once one makes it. */
export function readOrMakeKeyFile(path: string): KeySet {
  if (existsSync(path)) return readKeyFile(path)
  const draft = `${path}.${process.pid}`
  try {
    writeFileSync(draft, `${JSON.stringify(newKeySet(), null, 2)}\n`, { mode: 0o600, flag: 'wx' })
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
  return readKeyFile(path)
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It was never made.
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message
}
