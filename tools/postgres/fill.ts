import type pg from 'pg'

const BATCH = 50_000

/** Sessions that are renewed, at the most. */
const SAMPLE = 200_000

/** Adds sessions as the store does, of users with 5 sessions each, or all of one. */
export async function fill(pool: pg.Pool, count: number, userId?: string): Promise<void> {
  await pool.query(
    `INSERT INTO sliding_user_agents (value, used_at)
     SELECT 'Mozilla/5.0 (X11; Linux x86_64) browser ' || n, $1 FROM generate_series(1, 50) n ON CONFLICT DO NOTHING`,
    [Date.now()],
  )
  for (let from = 0; from < count; from += BATCH) {
    await pool.query(
      `INSERT INTO sliding_sessions
         (jti, user_id, ip, user_agent_id, valid, created_at, updated_at, issued, seen, floor)
       SELECT gen_random_uuid(), coalesce($4, md5((n / 5)::text)::uuid::text), '198.51.' || n % 256 || '.' || n % 250,
         1 + n % 50, true, $3, $3, 0, 0, 0
       FROM generate_series($1::integer, $2::integer) n`,
      [from, Math.min(count, from + BATCH) - 1, Date.now(), userId ?? null],
    )
  }
  await pool.query('VACUUM ANALYZE sliding_sessions')
  await pool.query('CHECKPOINT')
}

/** The keys of some sessions, from all over the table, in no order. */
export async function sampleKeys(pool: pg.Pool, sessions: number): Promise<string[]> {
  const share = Math.min(100, (100 * SAMPLE) / sessions)
  const { rows } = await pool.query<{ jti: string }>(
    `SELECT jti FROM sliding_sessions TABLESAMPLE BERNOULLI (${share}) ORDER BY jti`,
  )
  return rows.map(({ jti }) => Buffer.from(jti.replaceAll('-', ''), 'hex').toString('base64url'))
}
