import type { Pool } from 'pg'
import type { Timestamp } from '../../protocol/types.ts'
import { Recent } from '../../recent.ts'
import { isMarkedUsed, REMEMBERED_USER_AGENTS, unusedBefore } from '../user-agent-numbers.ts'
import { ask, askAtLength, statement } from './query.ts'

/** They are looked for at most this often, as every session is read for it. */
const DELETION_INTERVAL_MS = 86_400_000

const STATEMENTS = {
  /** First, as most are there, and an insertion uses up a number even where it finds a row. */
  touch: statement(
    'touch_agents',
    `UPDATE sliding_user_agents SET used_at = greatest(used_at, $2) WHERE value = ANY($1::text[])
     RETURNING id, value`,
  ),
  add: statement(
    'add_agents',
    `INSERT INTO sliding_user_agents AS a (value, used_at)
     SELECT value, $2::bigint FROM unnest($1::text[]) AS r(value) ORDER BY value
     ON CONFLICT (value) DO UPDATE SET used_at = greatest(a.used_at, excluded.used_at)
     RETURNING id, value`,
  ),
  isAnyUnused: statement(
    'is_any_agent_unused',
    'SELECT EXISTS (SELECT FROM sliding_user_agents WHERE used_at < $1) AS "isAny"',
  ),
  /** Reads every session, in one statement and so in one snapshot: a row that moves while it is read is seen. */
  deleteUnused: statement(
    'delete_agents',
    `DELETE FROM sliding_user_agents WHERE used_at < $1 AND id NOT IN (
       SELECT user_agent_id FROM sliding_sessions
       UNION SELECT last_user_agent_id FROM sliding_sessions WHERE last_user_agent_id IS NOT NULL)`,
  ),
}

interface Agent {
  readonly id: number
  readonly value: string
}

/**
 * The numbers of user agents: see `user-agent-numbers.ts` on when they are marked as used, and deleted.
 */
export class UserAgents {
  readonly #pool: Pool
  readonly #isKnown: () => boolean
  #deletedAt = Number.NEGATIVE_INFINITY
  readonly #known = new Recent<string, { readonly id: number; readonly usedAt: Timestamp }>(
    REMEMBERED_USER_AGENTS,
  )

  /**
   * `isKnown` tells whether the database is surely the one that the numbers are of: another one that took over
   * may lack the last of them.
   */
  constructor(pool: Pool, isKnown: () => boolean) {
    this.#pool = pool
    this.#isKnown = isKnown
  }

  /** Answers with the number of each of these user agents, made where it is new. Nearly always without a query. */
  async numbersOf(values: readonly string[], now: Timestamp): Promise<(value: string) => number> {
    const numbers = new Map<string, number>()
    const unknown = new Set<string>()
    for (const value of values) {
      const known = this.#isKnown() ? this.#known.get(value) : undefined
      if (known !== undefined && isMarkedUsed(known.usedAt, now)) numbers.set(value, known.id)
      else unknown.add(value)
    }
    for (const { id, value } of unknown.size === 0 ? [] : await this.#look([...unknown], now)) {
      numbers.set(value, id)
      this.#known.set(value, { id, usedAt: now })
    }
    return (value) => numbers.get(value) as number
  }

  /** What is remembered may be another database's. */
  forget(): void {
    this.#known.clear()
  }

  /**
   * Deletes the user agents that no session has and that were not used lately, where there is one to look for.
   */
  async deleteUnused(now: Timestamp): Promise<void> {
    const before = unusedBefore(now)
    if (now - this.#deletedAt < DELETION_INTERVAL_MS) return
    const [found] = await ask<{ isAny: boolean }>(this.#pool, STATEMENTS.isAnyUnused, [before])
    if (found?.isAny !== true) return
    this.#deletedAt = now
    await askAtLength(this.#pool, STATEMENTS.deleteUnused, [before])
  }

  async #look(values: readonly string[], now: Timestamp): Promise<Agent[]> {
    const found = await ask<Agent>(this.#pool, STATEMENTS.touch, [values, now])
    const there = new Set(found.map(({ value }) => value))
    const missing = values.filter((value) => !there.has(value))
    if (missing.length === 0) return found
    return [...found, ...(await ask<Agent>(this.#pool, STATEMENTS.add, [missing, now]))]
  }
}
