import type Database from 'better-sqlite3'
import type { SlidingSession } from '../src/index.ts'
import { openDurable } from './candidates/database.ts'
import { IP, type SeatOf } from './fill.ts'
import type { Slice } from './pairing.ts'
import { requestWith } from './renewing.ts'

/** Sessions of one user that are revoked together. */
export const CROWD = 1_000

/** Revokes all sessions of one user after another, and the same number of rows in bare SQL for comparison. */
export class Revoking {
  readonly #sessions: SlidingSession
  readonly #seatOf: SeatOf
  readonly #tokenAt: (seat: number) => string
  #users = 0

  constructor(sessions: SlidingSession, seatOf: SeatOf, tokenAt: (seat: number) => string) {
    this.#sessions = sessions
    this.#seatOf = seatOf
    this.#tokenAt = tokenAt
  }

  /** Revokes all sessions of the next user; some of them were in use just before. */
  async slice(): Promise<Slice> {
    const first = this.#users * CROWD
    this.#users += 1
    for (let seat = first; seat < first + CROWD; seat += 10) await this.#use(seat)

    const taken = await timed(async () => {
      const { revoked } = await this.#sessions.revokeAll(this.#seatOf(first).userId)
      if (revoked !== CROWD) throw new Error(`${revoked} sessions revoked instead of ${CROWD}`)
    })
    for (const seat of [first, first + 1, first + CROWD - 1]) {
      const outcome = await this.#use(seat)
      if (outcome !== 'session_revoked') throw new Error(`a revoked session got ${outcome}`)
    }
    return taken
  }

  async #use(seat: number): Promise<string> {
    const outcome = await this.#sessions.authenticateUpgrade(requestWith(this.#tokenAt(seat)), { ip: IP })
    return outcome.kind === 'pass' ? 'pass' : outcome.code
  }
}

/** The least that a revocation can cost: one prepared UPDATE over an index, in a durable transaction. */
export class BareRevoking {
  readonly #update: Database.Statement
  readonly #seatOf: SeatOf
  #users = 0

  constructor(path: string, users: number, seatOf: SeatOf) {
    const database = openDurable(path)
    database.exec(
      `CREATE TABLE sessions (jti BLOB PRIMARY KEY, user_id TEXT NOT NULL, valid INTEGER NOT NULL) WITHOUT ROWID;
       CREATE INDEX sessions_user ON sessions (user_id)`,
    )
    const insert = database.prepare('INSERT INTO sessions VALUES (?, ?, 1)')
    database.transaction(() => {
      for (let index = 0; index < users * CROWD; index += 1) {
        const { jti, userId } = seatOf(index)
        insert.run(jti, userId)
      }
    })()
    this.#update = database.prepare('UPDATE sessions SET valid = 0 WHERE user_id = ? AND valid = 1')
    this.#seatOf = seatOf
  }

  slice(): Promise<Slice> {
    const { userId } = this.#seatOf(this.#users * CROWD)
    this.#users += 1
    return timed(async () => {
      const { changes } = this.#update.run(userId)
      if (changes !== CROWD) throw new Error(`${changes} rows changed instead of ${CROWD}`)
    })
  }
}

async function timed(work: () => Promise<void>): Promise<Slice> {
  const cpuBefore = process.cpuUsage()
  const before = performance.now()
  await work()
  const took = performance.now() - before
  const { user, system } = process.cpuUsage(cpuBefore)
  return { rate: 1000 / took, cpu: user + system, p99: took, busy: (user + system) / took / 1_000 }
}
