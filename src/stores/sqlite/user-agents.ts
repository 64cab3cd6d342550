import { and, eq, lt, sql } from 'drizzle-orm'
import type { Timestamp } from '../../protocol/types.ts'
import { Recent } from '../../recent.ts'
import type { Drizzle } from './connection.ts'
import { userAgents } from './schema.ts'

const DAY = 86_400_000

/** User agents whose number is remembered; about 0.5 kB each. */
const REMEMBERED = 4_096

/**
 * The numbers of user agents. A number is marked as used at most once a day, and an unused one is deleted
 * only after two, so that no process deletes a number which another one is about to write.
 */
export class UserAgents {
  readonly #known = new Recent<string, { readonly id: number; readonly usedAt: Timestamp }>(REMEMBERED)
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
    if (known !== undefined && now - known.usedAt < DAY) return known.id
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
    this.#deleteUnused.run({ id, before: now - 2 * DAY })
  }
}
