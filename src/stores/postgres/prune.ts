import type { Pool } from 'pg'
import type { EndedBefore, OnProgress } from '../store.ts'
import { IN_STRETCH, stretches } from './page-ranges.ts'
import { ask, statement } from './query.ts'

/** The triggers are told that what is deleted has ended anyway, and is no news. */
export const PRUNE = statement(
  'prune',
  `WITH gone AS (
     DELETE FROM sliding_sessions s
     WHERE ${IN_STRETCH} AND (s.created_at <= $3 OR s.updated_at <= $4 OR s.revoked_at <= $5)
     RETURNING 1)
   SELECT count(*) AS pruned, set_config('sliding_jwt.is_pruning', 'on', true) FROM gone`,
)

/** Deletes the records that ended before the given times, a stretch of the table at a time, until it is told to end. */
export async function pruneSessions(
  pool: Pool,
  { createdAt, updatedAt, revokedAt }: EndedBefore,
  isClosed: () => boolean,
  onProgress: OnProgress = () => undefined,
): Promise<number> {
  const all = await stretches(pool)
  let pruned = 0
  for (const [index, stretch] of all.entries()) {
    if (isClosed()) break
    const [gone] = await ask<{ pruned: number }>(pool, PRUNE, [...stretch, createdAt, updatedAt, revokedAt])
    pruned += gone?.pruned ?? 0
    onProgress((index + 1) / all.length)
  }
  return pruned
}
