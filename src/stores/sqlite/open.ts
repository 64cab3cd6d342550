import { ConfigurationError } from '../../protocol/errors.ts'
import { show } from '../../protocol/options.ts'
import type { ServerDatabase } from '../server-store.ts'
import type { SessionStore, StoreOptions } from '../store.ts'
import { migrateTables, openFile, type Sqlite } from './connection.ts'
import { sqliteServerDatabase } from './server-database.ts'
import { SqliteSessionStore } from './session-store.ts'

const PATH_FORM = 'the path of a SQLite file, file:… or :memory:'

/**
 * Opens the sessions of a SQLite file, or of a Database that the host opened, which stays open.
 *
 * @throws ConfigurationError where it cannot be opened, read or written.
 */
export function openSqliteStore(database: string | Sqlite, options: StoreOptions = {}): SessionStore {
  if (typeof database === 'string') {
    return orClosed(openPath(database), (sqlite) => storeOn(sqlite, true, options))
  }
  if (typeof database.prepare('SELECT 1').pluck().get() === 'bigint') {
    throw new ConfigurationError(
      'database',
      'a Database with safe integers as its default',
      'one that reads numbers',
    )
  }
  return storeOn(database, false, options)
}

/**
 * Opens everything that the stand-alone server keeps in a SQLite file.
 *
 * @throws ConfigurationError where it cannot be opened, read or written.
 */
export function openSqliteServerDatabase(path: string): ServerDatabase {
  return orClosed(openPath(path), (sqlite) => readable(() => sqliteServerDatabase(sqlite)))
}

/** What cannot be opened is closed again. */
function orClosed<T>(sqlite: Sqlite, open: (sqlite: Sqlite) => T): T {
  try {
    return open(sqlite)
  } catch (error) {
    sqlite.close()
    throw error
  }
}

function storeOn(sqlite: Sqlite, ownsConnection: boolean, options: StoreOptions): SessionStore {
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

function openPath(path: string): Sqlite {
  try {
    return openFile(path)
  } catch (error) {
    const got = `${show(path)}, which cannot be opened (${(error as Error).message})`
    throw new ConfigurationError('database', got, PATH_FORM)
  }
}
