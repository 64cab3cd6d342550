import { and, asc, count, eq, gt, max, type SQL, sql } from 'drizzle-orm'
import { orUnavailable } from '../or-unavailable.ts'
import type { ActiveSince } from '../server-store.ts'
import type { Drizzle } from './connection.ts'
import { sessions } from './schema.ts'
import { FIRST_KEY } from './session-statements.ts'

/** Rows counted in one go: about a millisecond, then requests have their turn. */
const BATCH = 2_000

/** Counts sessions that are valid and were begun and renewed after the given times. It reads every record. */
export function activeSessionsCounter(database: Drizzle): (since: ActiveSince) => Promise<number> {
  const { placeholder } = sql
  const batch = database
    .select({ jti: sessions.jti, isActive: isActive.as('is_active') })
    .from(sessions)
    .where(gt(sessions.jti, placeholder('from')))
    .orderBy(asc(sessions.jti))
    .limit(BATCH)
    .as('batch')
  const counting = database
    .select({ rows: count(), last: max(batch.jti), active: sql<number>`total(${batch.isActive})` })
    .from(batch)
    .prepare()

  return async (since) => {
    let active = 0
    for (let from = FIRST_KEY; ; ) {
      const counted = await orUnavailable(() => counting.get({ from, ...since }))
      active += counted?.active ?? 0
      if (!counted?.last || counted.rows < BATCH) return active
      from = counted.last
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

const isActive: SQL<unknown> = sql`${and(
  eq(sessions.valid, true),
  gt(sessions.createdAt, sql.placeholder('createdAt')),
  gt(sessions.updatedAt, sql.placeholder('updatedAt')),
)}`
