import type { Pool } from 'pg'
import { ConfigurationError } from '../../protocol/errors.ts'
import type { ServerDatabase } from '../server-store.ts'
import type { SessionStore, StoreOptions } from '../store.ts'
import { openPool } from './connection.ts'
import { migrateTables } from './migrations.ts'
import { postgresServerDatabase } from './server-database.ts'
import { PostgresSessionStore } from './session-store.ts'

/**
 * Opens the sessions of a database, by its URL or through a pool of the host's, which stays open.
 *
 * @throws ConfigurationError where it cannot be reached or written.
 */
export async function openPostgresStore(
  database: string | Pool,
  options: StoreOptions = {},
): Promise<SessionStore> {
  const pool = typeof database === 'string' ? await openPool(database) : database
  if (pool.options.max === 1) {
    throw new ConfigurationError('database', 'a Pool of one connection', 'a Pool of at least 2 connections')
  }
  const close = async () => {
    if (pool !== database && !pool.ending) await pool.end()
  }
  const store = new PostgresSessionStore(pool, close, options)
  try {
    await migrateTables(pool, 'sessions')
    await store.start()
  } catch (error) {
    await store.close()
    throw error
  }
  return store
}

/**
 * Opens everything that the stand-alone server keeps.
 *
 * @throws ConfigurationError where it cannot be reached or written.
 */
export async function openPostgresServerDatabase(url: string): Promise<ServerDatabase> {
  const pool = await openPool(url)
  try {
    await migrateTables(pool, 'server')
    return postgresServerDatabase(pool, await openPostgresStore(pool))
  } catch (error) {
    await pool.end()
    throw error
  }
}
