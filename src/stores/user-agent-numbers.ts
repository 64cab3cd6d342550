import type { Timestamp } from '../protocol/types.ts'

const DAY_MS = 86_400_000

/** User agents whose number a process remembers; about 0.5 kB each. */
export const REMEMBERED_USER_AGENTS = 4_096

/** A user agent's number is marked as used at most once a day. */
export function isMarkedUsed(usedAt: Timestamp, now: Timestamp): boolean {
  return now - usedAt < DAY_MS
}

/**
 * An unused number is deleted only when it was last marked before this, two days ago, so that no process deletes one
 * which another one is about to write.
 */
export function unusedBefore(now: Timestamp): Timestamp {
  return now - 2 * DAY_MS
}
