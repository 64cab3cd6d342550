import { ConfigurationError } from '../protocol/errors.ts'
import { show } from '../protocol/policy.ts'
import type { ServerDatabase } from './server-store.ts'
import { migrateTables, openFile, type Sqlite } from './sqlite/connection.ts'
import { sqliteServerDatabase } from './sqlite/server-database.ts'
import { SqliteSessionStore } from './sqlite/session-store.ts'
import type { SessionStore, StoreOptions } from './store.ts'

/** What `better-sqlite3`'s Database looks like from here, so that the public types need no import of it. */
export interface SqliteDatabase {
  prepare(source: string): unknown
  pragma(source: string): unknown
}

/**
 * Where sessions are kept: the path of a SQLite file (also `file:…` or `:memory:`), an open better-sqlite3
 * `Database`, or a store of your own.
 */
export type DatabaseOption = string | SqliteDatabase | SessionStore

const DATABASE_FORM =
  'the path of a SQLite file, file:…, :memory:, a better-sqlite3 Database, or a SessionStore'

/**
 * Opens a session store with its tables up to date. What was handed in open is left open by `close`.
 *
 * @throws ConfigurationError where `database` is none of what it takes, or the file cannot be opened.
 */
export function openSessionStore(database: unknown, options: StoreOptions = {}): SessionStore {
  if (typeof database === 'string') return sqliteStore(openPath(database), true, options)
  if (hasMethods(database, ['prepare', 'pragma'])) return hostStore(database as Sqlite, options)
  if (hasMethods(database, ['peek', 'find', 'create', 'renew', 'revoke'])) return database as SessionStore
  throw new ConfigurationError('database', show(database), DATABASE_FORM)
}

function sqliteStore(sqlite: Sqlite, ownsConnection: boolean, options: StoreOptions): SessionStore {
  return readable(
    () => new SqliteSessionStore(sqlite, migrateTables(sqlite, 'sessions'), ownsConnection, options),
  )
}

/** A database that cannot even be read from is refused at the start, in one line. */
function readable<T>(open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (error instanceof ConfigurationError) throw error
    const got = `a database that cannot be read (${(error as Error).message})`
    throw new ConfigurationError('database', got, 'a database that is whole')
  }
}

function hostStore(sqlite: Sqlite, options: StoreOptions): SessionStore {
  if (typeof sqlite.prepare('SELECT 1').pluck().get() === 'bigint') {
    throw new ConfigurationError(
      'database',
      'a Database with safe integers as its default',
      'one that reads numbers',
    )
  }
  return sqliteStore(sqlite, false, options)
}

/**
 * Opens everything that the stand-alone server keeps, with its tables up to date. `url` is the path of a
 * SQLite file, `file:…` or `:memory:`.
 *
 * @throws ConfigurationError where it is none of these, or the file cannot be opened.
 */
export async function openServerDatabase(url: string): Promise<ServerDatabase> {
  const sqlite = openPath(url)
  try {
    return readable(() => sqliteServerDatabase(sqlite))
  } catch (error) {
    sqlite.close()
    throw error
  }
}

/**
 * The path that `database` names: itself, or what a `file:` URL says.
 *
 * @throws ConfigurationError where it is empty or has another scheme.
 */
export function pathOf(database: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(database)?.[1]?.toLowerCase()
  if (database === '' || (scheme !== undefined && scheme !== 'file')) {
    const got = scheme === undefined ? show(database) : `the scheme ${scheme}:`
    throw new ConfigurationError('database', got, DATABASE_FORM)
  }
  return database.replace(/^file:(\/\/(?=\/))?/i, '')
}

function openPath(database: string): Sqlite {
  const path = pathOf(database)
  try {
    return openFile(path)
  } catch (error) {
    const got = `${show(path)}, which cannot be opened (${(error as Error).message})`
    throw new ConfigurationError('database', got, DATABASE_FORM)
  }
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
  )
}
