import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { Timestamp } from '../../protocol/types.ts'
import { orUnavailable } from '../or-unavailable.ts'
import type { EventPage, EventRecord, EventStore } from '../server-store.ts'
import { CommitQueue } from './commit-queue.ts'
import type { Drizzle, Sqlite } from './connection.ts'
import { events } from './server-schema.ts'

/** Rows deleted in one go: a few milliseconds, then requests have their turn. */
const PRUNE_BATCH = 500

/** The audit trail in a SQLite database whose tables are up to date. */
export class SqliteEventStore implements EventStore {
  readonly #database: Drizzle
  readonly #append
  readonly #prune
  /** Events of one turn share a commit, and none is waited for in the middle of a request. */
  readonly #queue: CommitQueue

  constructor(sqlite: Sqlite, database: Drizzle) {
    this.#database = database
    this.#queue = new CommitQueue(sqlite, () => undefined)
    const { placeholder } = sql
    this.#append = database
      .insert(events)
      .values({
        at: placeholder('at'),
        type: placeholder('type'),
        userId: placeholder('userId'),
        actorId: placeholder('actorId'),
        jti: placeholder('jti'),
        ip: placeholder('ip'),
        detail: placeholder('detail'),
      })
      .prepare()
    const batch = database
      .select({ id: events.id })
      .from(events)
      .where(lt(events.at, placeholder('before')))
      .limit(PRUNE_BATCH)
    this.#prune = database.delete(events).where(inArray(events.id, batch)).prepare()
  }

  append(event: Omit<EventRecord, 'id'>): Promise<void> {
    return orUnavailable(() => this.#queue.run(() => void this.#append.run({ ...event })))
  }

  list({ userId, type, before, limit }: EventPage): Promise<EventRecord[]> {
    return orUnavailable(() =>
      this.#database
        .select()
        .from(events)
        .where(
          and(
            userId === undefined ? undefined : eq(events.userId, userId),
            type === undefined ? undefined : eq(events.type, type),
            before === undefined ? undefined : lt(events.id, before),
          ),
        )
        .orderBy(desc(events.id))
        .limit(limit)
        .all(),
    )
  }

  async prune(before: Timestamp): Promise<number> {
    for (let pruned = 0; ; ) {
      const { changes } = await orUnavailable(() => this.#prune.run({ before }))
      pruned += changes
      if (changes < PRUNE_BATCH) return pruned
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
