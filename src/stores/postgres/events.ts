import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Timestamp } from '../../protocol/types.ts'
import { orUnavailable } from '../or-unavailable.ts'
import type { EventPage, EventRecord, EventStore } from '../server-store.ts'
import { BatchQueue } from './batch-queue.ts'
import { events } from './server-schema.ts'

/** Rows deleted in one go: some milliseconds. */
const PRUNE_BATCH = 5_000

/** The audit trail in a PostgreSQL database whose tables are up to date. */
export class PostgresEventStore implements EventStore {
  readonly #database: NodePgDatabase
  readonly #prune
  /** One after another, so that the numbers of a process's events have the order of what happened. */
  readonly #queue = new BatchQueue<Omit<EventRecord, 'id'>, void>({
    atOnce: 1,
    write: async (batch) => {
      await this.#database.insert(events).values([...batch])
      return []
    },
  })

  constructor(database: NodePgDatabase) {
    this.#database = database
    const batch = database
      .select({ id: events.id })
      .from(events)
      .where(lt(events.at, sql.placeholder('before')))
      .limit(PRUNE_BATCH)
    this.#prune = database.delete(events).where(inArray(events.id, batch)).prepare('sliding_prune_events')
  }

  append(event: Omit<EventRecord, 'id'>): Promise<void> {
    return orUnavailable(() => this.#queue.run(event))
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
        .limit(limit),
    )
  }

  async prune(before: Timestamp): Promise<number> {
    for (let pruned = 0; ; ) {
      const { rowCount } = await orUnavailable(() => this.#prune.execute({ before }))
      pruned += rowCount ?? 0
      if ((rowCount ?? 0) < PRUNE_BATCH) return pruned
    }
  }
}
