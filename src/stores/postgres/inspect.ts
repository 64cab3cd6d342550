import type { Pool } from 'pg'
import { openPool } from './connection.ts'

/** What an operator wants to know of a PostgreSQL database, read without changing anything. */
export interface PostgresInspection {
  /** Such as `18.4`. */
  readonly version: string
  /** The server's clock, in milliseconds since 1970. */
  readonly now: number
  /** Bytes by table, with its indexes, the tables of this product only; empty where there are none yet. */
  readonly tables: Readonly<Record<string, number>>
}

/** By the schema that comes first, where the tables are made. */
const TABLES = `SELECT relname AS name, pg_total_relation_size(oid)::text AS bytes FROM pg_class
  WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
    AND relname LIKE 'sliding\\_%' AND relname NOT LIKE 'sliding\\_migrations%' ORDER BY relname`

/**
 * Inspects a database: no table is made or brought up to date.
 *
 * @throws ConfigurationError where it cannot be reached.
 */
export async function inspectPostgres(url: string): Promise<PostgresInspection> {
  const pool = await openPool(url)
  try {
    return await inspect(pool)
  } finally {
    await pool.end()
  }
}

async function inspect(pool: Pool): Promise<PostgresInspection> {
  const { rows: tables } = await pool.query<{ name: string; bytes: string }>(TABLES)
  const { rows } = await pool.query<{ version: string; now: string }>(
    `SELECT current_setting('server_version') AS version,
       floor(extract(epoch FROM clock_timestamp()) * 1000)::text AS now`,
  )
  const { version = '', now = '0' } = rows[0] ?? {}
  return {
    version,
    now: Number(now),
    tables: Object.fromEntries(tables.map(({ name, bytes }) => [name, Number(bytes)])),
  }
}
