import type { Pool, PoolClient } from 'pg'

/** SQL under a name, by which each connection prepares it once. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/** Makes a named statement. */
export function statement(name: string, text: string): Statement {
  return { name: `sliding_${name}`, text }
}

/** What was undone by PostgreSQL in favour of another transaction: a serialization failure, a deadlock. */
const UNDONE = ['40001', '40P01']

const ATTEMPTS = 3

/**
 * How long to wait for a connection and an answer together, whatever a host's pool says: without limits of its own
 * it waits for ever, and a connection may be dead without saying so.
 */
export const ANSWER_MS = 5_000

const LONGEST_MS = 600_000

/**
 * Runs a statement and answers with its rows; 64-bit integers are numbers. One statement is one transaction, so
 * that one which was undone can be tried again.
 */
export async function ask<Row extends object>(
  database: Pool | PoolClient,
  { name, text }: Statement,
  values: readonly unknown[] = [],
  timeout = ANSWER_MS,
): Promise<Row[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const config = { name, text, values: [...values], types: TYPES, query_timeout: timeout }
      return (await within(timeout, database.query<Row>(config))).rows
    } catch (error) {
      if (attempt === ATTEMPTS || !UNDONE.includes(sqlStateOf(error) ?? '')) throw error
    }
  }
}

/** The driver's own limit counts from when there is a connection. Whether the statement ran later, nobody can tell. */
function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error(`No connection, or no answer, within ${milliseconds} ms`))
    const timer = setTimeout(giveUp, milliseconds)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** Runs several statements in one transaction, on one connection; what throws undoes all of it. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    client.release()
    return result
  } catch (error) {
    // Ends the connection, and so the transaction, however it is left.
    client.release(true)
    throw error
  }
}

/** Runs a statement that may take as long as all others together. */
export async function askAtLength<Row extends object>(
  pool: Pool,
  statement: Statement,
  values: readonly unknown[],
): Promise<Row[]> {
  return inTransaction(pool, async (client) => {
    await client.query(`SET LOCAL statement_timeout = ${LONGEST_MS}`)
    return ask<Row>(client, statement, values, LONGEST_MS)
  })
}

/** Whether a statement was ended, and undone, because it took too long. */
export function tookTooLong(error: unknown): boolean {
  return sqlStateOf(error) === '57014'
}

/** The code by which PostgreSQL tells an error; undefined where it is another's, such as the network's. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code
  return cause instanceof Error ? sqlStateOf(cause) : undefined
}

const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === 't',
  20: Number,
  23: Number,
}

/** As the driver reads types, but for `bigint` (20), which it would leave a string. */
const TYPES = {
  getTypeParser: (oid: number) => PARSERS[oid] ?? String,
}
