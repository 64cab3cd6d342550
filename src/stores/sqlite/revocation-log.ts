import { and, asc, eq, gt, lt, lte, sql } from 'drizzle-orm'
import type { RevocationReason, Timestamp } from '../../protocol/types.ts'
import type { Drizzle, Sqlite } from './connection.ts'
import { revocations } from './schema.ts'

/** What the log says of one revocation. */
export type Revocation = typeof revocations.$inferSelect

/** How long rows are kept for processes that have not read them yet; who comes later forgets all it knows. */
const KEPT_MS = 3_600_000

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
    this.#lastRead = this.#statements.last.get()?.seq ?? 0
    this.#lastKept = this.#lastRead
  }

  /** What is new since the last call; `missed` where rows were deleted before they could be read. */
  read(): readonly Revocation[] | 'missed' {
    const rows = this.#statements.since.all({ seq: this.#lastRead })
    const [first] = rows
    const isMissed = first !== undefined && first.seq !== this.#lastRead + 1
    this.#lastRead = rows.at(-1)?.seq ?? this.#lastRead
    if (!this.#sqlite.inTransaction) this.#lastKept = this.#lastRead
    return isMissed ? 'missed' : rows
  }

  /** A transaction was undone: rows that were read in it may never have been, and others get their numbers. */
  rewind(): void {
    this.#lastRead = this.#lastKept
  }

  /** Logs that one session was revoked. */
  addSession(jti: Buffer, at: Timestamp): void {
    this.#statements.add.run({ at, jti, userId: null, except: null, reason: null, isOpen: 0 })
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

  /** Deletes what every process has read by now, but for the last row, from which the numbers go on. */
  prune(now: Timestamp): void {
    const last = this.#statements.last.get()?.seq
    if (last !== undefined) this.#statements.prune.run({ before: now - KEPT_MS, last })
  }
}

function prepareStatements(database: Drizzle) {
  const { placeholder } = sql
  const select = () => database.select().from(revocations)
  const isOpen = sql`is_open`
  return {
    last: database
      .select({ seq: sql<number | null>`max(${revocations.seq})` })
      .from(revocations)
      .prepare(),
    since: select()
      .where(gt(revocations.seq, placeholder('seq')))
      .orderBy(asc(revocations.seq))
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
    openOf: select()
      .where(and(isOpen, eq(revocations.userId, placeholder('userId'))))
      .prepare(),
    allOpen: select().where(isOpen).prepare(),
    prune: database
      .delete(revocations)
      .where(
        and(
          lte(revocations.at, placeholder('before')),
          lt(revocations.seq, placeholder('last')),
          eq(revocations.isOpen, false),
        ),
      )
      .prepare(),
  }
}
