import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { ConfigurationError } from '../../protocol/errors.ts'

export type Sqlite = Database.Database
export type Drizzle = BetterSQLite3Database

/** How long a write waits for another process's write before it fails. */
const BUSY_TIMEOUT_MS = 5_000

/** How long to wait before the next try, where SQLite does not wait by itself. */
const BUSY_PAUSE_MS = 10

/** The sets of tables, each with migrations and a journal of its own. */
export type TableSet = 'sessions' | 'server'

/**
 * Opens a SQLite file, readable by its owner alone where it is made here. WAL lets readers go on beside a
 * writer; `synchronous=FULL` makes every commit survive a loss of power.
 */
export function openFile(path: string): Sqlite {
  if (path !== ':memory:') makeFile(path)
  const sqlite = new Database(path, { timeout: BUSY_TIMEOUT_MS })
  try {
    switchToWal(sqlite)
    sqlite.pragma('synchronous = FULL')
    sqlite.pragma('foreign_keys = ON')
  } catch (error) {
    sqlite.close()
    throw error
  }
  return sqlite
}

/**
 * Makes the file where it is not there yet. What is there is never opened: POSIX drops all of a process's locks on
 * a file as soon as it closes any descriptor of it, and another connection's may be among them.
 */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    // A link to nothing yet.
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
    // SQLite would open it all the same, and fail at the first write.
    accessSync(path, constants.W_OK)
  }
}

/** Unlike a write, the switch does not wait for another process's write: without this, two that make a file at once fail. */
function switchToWal(sqlite: Sqlite): void {
  const deadline = performance.now() + BUSY_TIMEOUT_MS
  for (;;) {
    try {
      sqlite.pragma('journal_mode = WAL')
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_PAUSE_MS)
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
}

/**
 * Brings a set of tables up to date. Several processes may do so at once: who comes second finds it done.
 *
 * @throws ConfigurationError where the database cannot be written.
 */
export function migrateTables(sqlite: Sqlite, tables: TableSet): Drizzle {
  const database = drizzle(sqlite)
  const migrationsFolder = fileURLToPath(new URL(`../../../drizzle/sqlite/${tables}`, import.meta.url))
  const options = { migrationsFolder, migrationsTable: `sliding_migrations_${tables}` }
  try {
    try {
      migrate(database, options)
    } catch {
      migrate(database, options)
    }
  } catch (error) {
    const { message } = ((error as Error).cause ?? error) as Error
    throw new ConfigurationError(
      'database',
      `a database whose tables cannot be made (${message})`,
      'a database that can be written',
    )
  }
  return database
}
