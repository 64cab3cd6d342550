import type pg from 'pg'

interface Sizes {
  /** Bytes a session. */
  readonly table: number
  readonly indexes: number
  /** The share of updates whose new version stayed on its page; undefined where there was none. */
  readonly hot: number | undefined
}

export async function measureSizes(pool: pg.Pool): Promise<Sizes> {
  const { rows } = await pool.query<{ table: number; indexes: number; updated: string; hot: string }>(
    `SELECT pg_table_size(relid)::float / (SELECT count(*) FROM sliding_sessions) AS table,
       pg_indexes_size(relid)::float / (SELECT count(*) FROM sliding_sessions) AS indexes,
       n_tup_upd AS updated, n_tup_hot_upd AS hot
     FROM pg_stat_user_tables WHERE relname = 'sliding_sessions'`,
  )
  const { table = 0, indexes = 0, updated, hot } = rows[0] ?? {}
  return { table, indexes, hot: Number(updated) === 0 ? undefined : Number(hot) / Number(updated) }
}

/** How many milliseconds something took. */
export async function timeOf(act: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await act()
  return performance.now() - begun
}
