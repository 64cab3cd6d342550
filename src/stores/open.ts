import type { Pool } from 'pg'
import { ConfigurationError } from '../protocol/errors.ts'
import { show } from '../protocol/options.ts'
import type { ServerDatabase } from './server-store.ts'
import type { Sqlite } from './sqlite/connection.ts'
import { openSqliteServerDatabase, openSqliteStore } from './sqlite/open.ts'
import type { SessionStore, StoreOptions } from './store.ts'

/** What `better-sqlite3`'s Database looks like from here, so that the public types need no import of it. */
export interface SqliteDatabase {
  prepare(source: string): unknown
  pragma(source: string): unknown
}

/** What `pg`'s Pool looks like from here, so that the public types need no import of it. */
export interface PostgresPool {
  readonly totalCount: number
  readonly options: { readonly max?: number | undefined }
  connect(): Promise<unknown>
  query(text: string): Promise<unknown>
}

/**
 * The path of a SQLite file (also `file:…` or `:memory:`), the URL of a PostgreSQL
 * primary (`postgres://…`), an open better-sqlite3 `Database`, a `pg` `Pool` (of which one connection is taken
 * for good), or a store of your own.
 *
 * On a `Database` of yours, no transaction of yours may span turns of the event loop (no `await` between `BEGIN` and
 * `COMMIT`): until it ends, writes here wait, for as long as its busy time-out says, and then fail, and what other
 * processes revoke may not be seen.
 */
export type DatabaseOption = string | SqliteDatabase | PostgresPool | SessionStore

const STORE_METHODS = Object.keys({
  peek: true,
  find: true,
  create: true,
  renew: true,
  markSeen: true,
  revoke: true,
  list: true,
  prune: true,
  close: true,
} satisfies Record<keyof SessionStore, true>)

const DATABASE_FORM =
  'the path of a SQLite file, file:…, :memory:, postgres://…, a better-sqlite3 Database, a pg Pool, or a SessionStore with all its methods'

/**
 * Opens a session store with its tables up to date. What was handed in open is left open by `close`.
 *
 * @throws ConfigurationError where `database` is none of what it takes, or cannot be opened.
 */
export async function openSessionStore(database: unknown, options: StoreOptions = {}): Promise<SessionStore> {
  if (typeof database === 'string') {
    if (!isPostgresUrl(database)) return openSqliteStore(pathOf(database), options)
    return (await postgres()).openPostgresStore(database, options)
  }
  if (hasMethods(database, ['prepare', 'pragma'])) return openSqliteStore(database as Sqlite, options)
  if (hasMethods(database, STORE_METHODS)) return database as SessionStore
  if (isPool(database)) return (await postgres()).openPostgresStore(database, options)
  throw new ConfigurationError('database', show(database), DATABASE_FORM)
}

/**
 * Opens everything that the stand-alone server keeps, with its tables up to date. `url` is the path of a
 * SQLite file, `file:…` or `:memory:`, or the URL of a PostgreSQL primary.
 *
 * @throws ConfigurationError where it is none of these, or cannot be opened.
 */
export async function openServerDatabase(url: string): Promise<ServerDatabase> {
  if (!isPostgresUrl(url)) return openSqliteServerDatabase(pathOf(url))
  return (await postgres()).openPostgresServerDatabase(url)
}

/** Whether `database` names a PostgreSQL server and not a file. */
export function isPostgresUrl(database: string): boolean {
  return /^postgres(ql)?:/i.test(database)
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

/** Loaded only where it is asked for: who keeps sessions in SQLite needs nothing of it. */
function postgres() {
  return import('./postgres/open.ts')
}

/** A single client has these methods, too, but no count. */
function isPool(value: unknown): value is Pool {
  return (
    hasMethods(value, ['connect', 'query']) &&
    typeof (value as { totalCount?: unknown }).totalCount === 'number'
  )
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
  )
}
