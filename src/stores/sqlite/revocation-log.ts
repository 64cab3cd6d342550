import { and, asc, desc, eq, gt, lte, sql } from 'drizzle-orm'
import type { RevocationReason, Timestamp } from '../../protocol/types.ts'
import type { Drizzle, Sqlite } from './connection.ts'
import { revocations } from './schema.ts'

/** What the log says of one revocation. */
export type Revocation = typeof revocations.$inferSelect

/** How long rows are kept for processes that have not read them yet; who comes later forgets all it knows. */
const KEPT_MS = 3_600_000

/** Rows that are read in one go: some milliseconds. Where there are more, asking anew for each session is cheaper. */
const READ_AT_ONCE = 2_000

/** Rows looked at in one go when pruning. */
const PRUNE_BATCH = 500

/** The log of revocations: written with each one, in its transaction, and read by every process. */
export class RevocationLog {
  readonly #sqlite: Sqlite
  readonly #statements
  #lastRead: number
  /** The same without what was read in a transaction, which may be undone. */
  #lastKept: number

  constructor(sqlite: Sqlite, database: Drizzle) {
    this.#sqlite = sqlite
    this.#statements = prepareStatements(database)
    this.#lastRead = this.#last() ?? 0
    this.#lastKept = this.#lastRead
  }

  /** What is new since the last call; `missed` where rows were deleted before they could be read, or are too many. */
  read(): readonly Revocation[] | 'missed' {
    const before = this.#lastRead
    const rows = this.#statements.since.all({ seq: before })
    const isMissed = rows.length === READ_AT_ONCE || (rows[0]?.seq ?? before + 1) !== before + 1
    this.#lastRead = (isMissed ? this.#last() : rows.at(-1)?.seq) ?? before
    if (!this.#sqlite.inTransaction) this.#lastKept = this.#lastRead
    return isMissed ? 'missed' : rows
  }

  /** Whether a row is known already. */
  hasRead(seq: number): boolean {
    return seq <= this.#lastRead
  }

  /** A transaction was undone: rows that were read in it may never have been, and others get their numbers. */
  rewind(): void {
    this.#lastRead = this.#lastKept
  }

  /** Logs that one session was revoked. */
  addSession(jti: Buffer, at: Timestamp): void {
    this.#statements.add.run({ at, jti, userId: null, except: null, reason: null, isOpen: 0 })
  }

  /** A write, in a transaction, whose rows in the log are no news: that ended sessions are deleted changes nothing. */
  withoutNews<T>(write: () => T): T {
    const last = this.#last() ?? 0
    const result = write()
    this.#statements.deleteAfter.run({ seq: last })
    return result
  }

  /** Logs that all sessions of a user but one are revoked from now on, whatever their rows say. */
  open(userId: string, except: Buffer | null, reason: RevocationReason, at: Timestamp): Revocation {
    const { lastInsertRowid } = this.#statements.add.run({ at, jti: null, userId, except, reason, isOpen: 1 })
    return { seq: Number(lastInsertRowid), at, jti: null, userId, except, reason, isOpen: true }
  }

  /** All rows of the user are marked by now. */
  close(seq: number): void {
    this.#statements.close.run({ seq })
  }

  /** Revocations of a user that are still to be finished. */
  openOf(userId: string): readonly Revocation[] {
    return this.#statements.openOf.all({ userId })
  }

  /** All revocations that are still to be finished. */
  allOpen(): readonly Revocation[] {
    return this.#statements.allOpen.all()
  }

  /** The stretches in which it is pruned, as numbers before and up to; the last row stays, from which they go on. */
  *stretches(): Generator<readonly [number, number]> {
    const last = this.#last() ?? 0
    const first = this.#statements.first.get()?.seq ?? last
    for (let from = first - 1; from < last - 1; from += PRUNE_BATCH) {
      yield [from, Math.min(from + PRUNE_BATCH, last - 1)]
    }
  }

  /** Deletes of a stretch what every process has read by now. */
  prune([from, to]: readonly [number, number], now: Timestamp): void {
    this.#statements.prune.run({ from, to, before: now - KEPT_MS })
  }

  #last(): number | undefined {
    return this.#statements.last.get()?.seq ?? undefined
  }
}

function prepareStatements(database: Drizzle) {
  const { placeholder } = sql
  const select = () => database.select().from(revocations)
  const isOpen = sql`is_open`
  return {
    first: database
      .select({ seq: revocations.seq })
      .from(revocations)
      .orderBy(asc(revocations.seq))
      .limit(1)
      .prepare(),
    last: database
      .select({ seq: revocations.seq })
      .from(revocations)
      .orderBy(desc(revocations.seq))
      .limit(1)
      .prepare(),
    since: select()
      .where(gt(revocations.seq, placeholder('seq')))
      .orderBy(asc(revocations.seq))
      .limit(READ_AT_ONCE)
      .prepare(),
    add: database
      .insert(revocations)
      .values({
        at: placeholder('at'),
        jti: placeholder('jti'),
        userId: placeholder('userId'),
        except: placeholder('except'),
        reason: placeholder('reason'),
        isOpen: sql`${placeholder('isOpen')}`,
      })
      .prepare(),
    close: database
      .update(revocations)
      .set({ isOpen: false })
      .where(eq(revocations.seq, placeholder('seq')))
      .prepare(),
    deleteAfter: database
      .delete(revocations)
      .where(gt(revocations.seq, placeholder('seq')))
      .prepare(),
    openOf: select()
      .where(and(isOpen, eq(revocations.userId, placeholder('userId'))))
      .prepare(),
    allOpen: select().where(isOpen).prepare(),
    prune: database
      .delete(revocations)
      .where(
        and(
          gt(revocations.seq, placeholder('from')),
          lte(revocations.seq, placeholder('to')),
          lte(revocations.at, placeholder('before')),
          eq(revocations.isOpen, false),
        ),
      )
      .prepare(),
  }
}
