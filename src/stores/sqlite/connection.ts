import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'

export type Sqlite = Database.Database
export type Drizzle = BetterSQLite3Database

/** How long a write waits for another process's write before it fails. */
const BUSY_TIMEOUT_MS = 5_000

/** The sets of tables, each with migrations and a journal of its own. */
export type TableSet = 'sessions' | 'server'

/**
 * Opens a SQLite file, readable by its owner alone where it is made here. WAL lets readers go on beside a
 * writer; `synchronous=FULL` makes every commit survive a loss of power.
 */
export function openFile(path: string): Sqlite {
  if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600))
  const sqlite = new Database(path, { timeout: BUSY_TIMEOUT_MS })
  sqlite.pragma('journal_mode = WAL')
  sqlite.pragma('synchronous = FULL')
  sqlite.pragma('foreign_keys = ON')
  return sqlite
}

/** Brings a set of tables up to date. Several processes may do so at once: who comes second finds it done. */
export function migrateTables(sqlite: Sqlite, tables: TableSet): Drizzle {
  const database = drizzle(sqlite)
  const migrationsFolder = fileURLToPath(new URL(`../../../drizzle/sqlite/${tables}`, import.meta.url))
  const options = { migrationsFolder, migrationsTable: `sliding_migrations_${tables}` }
  try {
    migrate(database, options)
  } catch {
    migrate(database, options)
  }
  return database
}
