import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Timestamp } from '../../protocol/types.ts'
import { ask } from '../ask.ts'
import type { EventPage, EventRecord, EventStore } from '../server-store.ts'
import { events } from './server-schema.ts'

/** Rows deleted in one go: some milliseconds. */
const PRUNE_BATCH = 5_000

/** The audit trail in a PostgreSQL database whose tables are up to date. */
export class PostgresEventStore implements EventStore {
  readonly #database: NodePgDatabase
  readonly #append
  readonly #prune

  constructor(database: NodePgDatabase) {
    this.#database = database
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
      .prepare('sliding_append_event')
    const batch = database
      .select({ id: events.id })
      .from(events)
      .where(lt(events.at, placeholder('before')))
      .limit(PRUNE_BATCH)
    this.#prune = database.delete(events).where(inArray(events.id, batch)).prepare('sliding_prune_events')
  }

  async append(event: Omit<EventRecord, 'id'>): Promise<void> {
    await ask(() => this.#append.execute({ ...event }))
  }

  list({ userId, type, before, limit }: EventPage): Promise<EventRecord[]> {
    return ask(() =>
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
        .limit(limit),
    )
  }

  async prune(before: Timestamp): Promise<number> {
    for (let pruned = 0; ; ) {
      const { rowCount } = await ask(() => this.#prune.execute({ before }))
      pruned += rowCount ?? 0
      if ((rowCount ?? 0) < PRUNE_BATCH) return pruned
    }
  }
}
