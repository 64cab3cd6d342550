import type { RevocationReason, Timestamp } from '../../protocol/types.ts'
import type { RevocationTarget } from '../store.ts'
import type { CommitQueue } from './commit-queue.ts'
import type { Sqlite } from './connection.ts'
import { toKey, toUserKey } from './jti.ts'
import type { Revocation, RevocationLog } from './revocation-log.ts'
import { FIRST_KEY, type SessionStatements } from './session-statements.ts'

/** So many rows are marked in the transaction that revokes a user's sessions; of more, so many in each turn. */
const MARKED_AT_ONCE = 100
const BATCH = 250

/**
 * Writes revocations. One row of the log makes all sessions of a user invalid at once. The rows of a few are marked
 * in the same transaction; those of many, each on a page of its own, follow in batches, so that nobody waits for them.
 */
export class Revoking {
  readonly #sqlite: Sqlite
  readonly #statements: SessionStatements
  readonly #queue: CommitQueue
  readonly #log: RevocationLog
  readonly #onCommitted: (revocation: Revocation) => void
  #isStopped = false

  /** `onCommitted` is told of the revocation of a user's sessions before anybody else. */
  constructor(
    sqlite: Sqlite,
    statements: SessionStatements,
    queue: CommitQueue,
    log: RevocationLog,
    onCommitted: (revocation: Revocation) => void,
  ) {
    this.#sqlite = sqlite
    this.#statements = statements
    this.#queue = queue
    this.#log = log
    this.#onCommitted = onCommitted
  }

  /**
   * Answers with the number of sessions that were valid; where they are more than are marked at once, it may include
   * those of another user, if one of some four billion keys is shared.
   */
  revoke(target: RevocationTarget, reason: RevocationReason, at: Timestamp): Promise<number> {
    return 'jti' in target
      ? this.#revokeOne(target.jti, reason, at)
      : this.#revokeAll(target.userId, target.except, reason, at)
  }

  /** Finishes what is still open of a user's revocations. */
  async finishOf(userId: string): Promise<void> {
    for (const open of this.#log.openOf(userId)) await this.#finish(open)
  }

  /** Finishes what is still open of all. */
  async finishAll(): Promise<void> {
    for (const open of this.#log.allOpen()) await this.#finish(open)
  }

  /** Leaves what is open to others, or to the next start. */
  stop(): void {
    this.#isStopped = true
  }

  #revokeOne(jti: string, reason: RevocationReason, at: Timestamp): Promise<number> {
    const key = toKey(jti)
    const revokeAndLog = this.#sqlite.transaction(() => {
      const { changes } = this.#statements.revokeOne.run({ jti: key, reason, at })
      if (changes > 0) this.#log.addSession(key, at)
      return changes
    })
    return this.#queue.run(revokeAndLog)
  }

  async #revokeAll(
    userId: string,
    except: string | undefined,
    reason: RevocationReason,
    at: Timestamp,
  ): Promise<number> {
    // Where nothing is open, which is the rule, this turn's batch takes it along.
    for (const open of this.#log.openOf(userId)) await this.#finish(open)
    const openAndCount = this.#sqlite.transaction(() => {
      const open = this.#log.open(userId, except === undefined ? null : toKey(except), reason, at)
      const count = this.#countByIndex(open)
      if (count > MARKED_AT_ONCE) return { open, count, isFinished: false }
      const rows = this.#someOf(open)
      return { open, count: rows.length, isFinished: this.#mark(open, rows) }
    })
    const { open, count, isFinished } = await this.#queue.run(openAndCount)
    this.#onCommitted(open)
    // What fails here is finished by the next prune, or before the user's next login.
    if (!isFinished) this.#finish(open).catch(() => undefined)
    return count
  }

  /** Marks what is left of a revocation, a batch in each turn. */
  async #finish(open: Revocation): Promise<void> {
    const mark = this.#sqlite.transaction(() => this.#mark(open, this.#someOf(open)))
    while (!this.#isStopped && !(await this.#queue.run(mark)));
  }

  /** A batch of the sessions that a revocation covers and that are not marked yet. */
  #someOf(open: Revocation): SessionKey[] {
    return this.#statements.someValid.all({ ...revocable(open), limit: BATCH })
  }

  /** How many they are, without a look at the rows: it includes sessions of a user whose key is the same. */
  #countByIndex(open: Revocation): number {
    return this.#statements.countValid.get(revocable(open))?.count ?? 0
  }

  /** Marks a batch of a revocation; answers whether it was the last. */
  #mark({ seq, reason, at }: Revocation, batch: readonly SessionKey[]): boolean {
    for (const { jti } of batch) this.#statements.mark.run({ jti, reason, at })
    if (batch.length === BATCH) return false
    this.#log.close(seq)
    return true
  }
}

interface SessionKey {
  readonly jti: Buffer
}

/** Whose sessions a revocation covers. */
function revocable({ userId, except }: Revocation) {
  const id = userId ?? ''
  return { userId: id, userKey: toUserKey(id), except: except ?? FIRST_KEY }
}
