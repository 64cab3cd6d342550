import type { Pool } from 'pg'
import type { ActiveSince } from '../server-store.ts'
import { IN_STRETCH, stretches } from './page-ranges.ts'
import { ask, statement } from './query.ts'

const COUNT = statement(
  'count_active',
  `SELECT count(*) AS active FROM sliding_sessions s
   WHERE ${IN_STRETCH} AND s.valid AND s.created_at > $3 AND s.updated_at > $4`,
)

/** Counts sessions that are valid and were begun and renewed after the given times. It reads every record. */
export async function countActiveSessions(
  pool: Pool,
  { createdAt, updatedAt }: ActiveSince,
): Promise<number> {
  let active = 0
  for (const stretch of await stretches(pool)) {
    const [counted] = await ask<{ active: number }>(pool, COUNT, [...stretch, createdAt, updatedAt])
    active += counted?.active ?? 0
  }
  return active
}
