import pg from 'pg'
import { type FillOptions, patternIn, type SeatOf } from './fill.ts'

/** Rows of one statement. */
const CHUNK = 10_000

/**
 * Makes one real session in an empty PostgreSQL and as many copies of its row, as `fill` does in a SQLite file.
 * Answers with the token of the real one.
 */
export async function fillPostgres(options: FillOptions, seatOf: SeatOf): Promise<string> {
  const token = await patternIn(options)
  const client = new pg.Client(options.database)
  await client.connect()
  try {
    const insert = await copyIn(client)
    for (let done = 0; done < options.count; done += CHUNK) {
      const length = Math.min(CHUNK, options.count - done)
      const seats = Array.from({ length }, (_, index) => seatOf(done + index))
      await client.query(insert, [
        seats.map(({ jti }) => jti.toString('hex')),
        seats.map(({ userId }) => userId),
      ])
    }
    await client.query('VACUUM ANALYZE sliding_sessions')
    await client.query('CHECKPOINT')
  } finally {
    await client.end()
  }
  return token
}

/** Copies whatever the row has, so that this works with every version of the schema. */
async function copyIn(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
     WHERE attrelid = 'sliding_sessions'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
  )
  const names = rows.map(({ name }) => name)
  const values = names.map(
    (name) => ({ jti: 'seat.jti', user_id: 'seat.user_id' })[name] ?? `pattern.${name}`,
  )
  await client.query('CREATE TEMP TABLE pattern AS SELECT * FROM sliding_sessions')
  return `INSERT INTO sliding_sessions (${names.join(', ')}) SELECT ${values.join(', ')}
    FROM pattern, unnest($1::uuid[], $2::text[]) AS seat(jti, user_id)`
}
