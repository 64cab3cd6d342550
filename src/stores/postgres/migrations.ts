import { fileURLToPath } from 'node:url'
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator'
import type { Pool, PoolClient } from 'pg'
import { ConfigurationError } from '../../protocol/errors.ts'
import { LOCKS } from './locks.ts'
import { ask, inTransaction, statement } from './query.ts'

/** The sets of tables, each with migrations and a journal of its own. */
export type TableSet = 'sessions' | 'server'

const TAKE_LOCK = statement('migrate', 'SELECT pg_advisory_xact_lock($1)')

/** How long to wait for another process's migrations. */
const TIMEOUT_MS = 60_000

/**
 * Brings a set of tables up to date in one transaction, under a lock that ends with it: of several processes
 * that start at once one does the work, and all others find it done. (drizzle's own `migrate` wants rights to
 * make a schema, and a transaction that cannot hold the lock.)
 *
 * @throws ConfigurationError where the database cannot be written.
 */
export async function migrateTables(pool: Pool, tables: TableSet): Promise<void> {
  const migrationsFolder = fileURLToPath(new URL(`../../../drizzle/postgres/${tables}`, import.meta.url))
  const migrations = readMigrationFiles({ migrationsFolder })
  try {
    await inTransaction(pool, (client) => migrate(client, `sliding_migrations_${tables}`, migrations))
  } catch (error) {
    throw new ConfigurationError(
      'database',
      `a database whose tables cannot be made (${(error as Error).message})`,
      'a database that can be written',
    )
  }
}

async function migrate(client: PoolClient, journal: string, migrations: MigrationMeta[]): Promise<void> {
  await client.query(`SET LOCAL lock_timeout = ${TIMEOUT_MS}`)
  await client.query(`SET LOCAL statement_timeout = ${TIMEOUT_MS}`)
  await ask(client, TAKE_LOCK, [LOCKS.migrations], TIMEOUT_MS)
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${journal} (created_at bigint PRIMARY KEY, hash text NOT NULL)`,
  )
  const { rows } = await client.query<{ latest: string | null }>(
    `SELECT max(created_at) AS latest FROM ${journal}`,
  )
  const latest = Number(rows[0]?.latest ?? 0)
  for (const { sql, folderMillis, hash } of migrations.filter(({ folderMillis }) => folderMillis > latest)) {
    for (const statement of sql) await client.query(statement)
    await client.query(`INSERT INTO ${journal} VALUES ($1, $2)`, [folderMillis, hash])
  }
}
