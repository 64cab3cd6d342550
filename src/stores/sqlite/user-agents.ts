import { and, eq, lt, sql } from 'drizzle-orm'
import type { Timestamp } from '../../protocol/types.ts'
import { Recent } from '../../recent.ts'
import { isMarkedUsed, REMEMBERED_USER_AGENTS, unusedBefore } from '../user-agent-numbers.ts'
import type { Drizzle } from './connection.ts'
import { userAgents } from './schema.ts'

/**
 * The numbers of user agents: see `user-agent-numbers.ts` on when they are marked as used, and deleted.
 */
export class UserAgents {
  readonly #known = new Recent<string, { readonly id: number; readonly usedAt: Timestamp }>(
    REMEMBERED_USER_AGENTS,
  )
  readonly #upsert
  readonly #deleteUnused

  constructor(database: Drizzle) {
    this.#upsert = database
      .insert(userAgents)
      .values({ value: sql.placeholder('value'), usedAt: sql.placeholder('usedAt') })
      .onConflictDoUpdate({ target: userAgents.value, set: { usedAt: sql`max(used_at, excluded.used_at)` } })
      .returning({ id: userAgents.id })
      .prepare()
    this.#deleteUnused = database
      .delete(userAgents)
      .where(and(eq(userAgents.id, sql.placeholder('id')), lt(userAgents.usedAt, sql.placeholder('before'))))
      .prepare()
  }

  /** The number of a user agent, made where it is new. */
  idOf(value: string, now: Timestamp): number {
    const known = this.#known.get(value)
    if (known !== undefined && isMarkedUsed(known.usedAt, now)) return known.id
    const id = this.#upsert.all({ value, usedAt: now })[0]?.id as number
    this.#known.set(value, { id, usedAt: now })
    return id
  }

  /** Forgets the numbers that it knows, as a write of them was undone. */
  forget(): void {
    this.#known.clear()
  }

  /** Deletes a number that no session refers to, unless it was used lately. */
  deleteUnused(id: number, now: Timestamp): void {
    this.#deleteUnused.run({ id, before: unusedBefore(now) })
  }
}
