import type { RevocationReason, SessionRecord, Timestamp } from '../../../src/protocol/types.ts'
import type { EndedBefore, Renewal, RevocationTarget, SessionStore } from '../../../src/stores/store.ts'
import type { Prng } from '../prng.ts'
import type { Timeline } from '../timeline.ts'

/** What the store does in a world. */
export interface StoreConditions {
  readonly timeline: Timeline
  /** The longest that an operation waits before it reaches the database, in milliseconds. */
  readonly longest: number
  readonly hiddenPeeks: number
  /** Makes the source of chance of a session that is being created. */
  readonly chanceOf: (session: string, user: string) => Prng
  /** A renewal is in the database. */
  readonly onRenewed: (renewal: Renewal) => void
  /** A revocation is in the database. */
  readonly onRevoked: (target: RevocationTarget, reason: RevocationReason) => void
  /** A first use failed to reach the database. */
  readonly onLost?: (session: string) => void
}

/**
 * A store whose operations wait for a moment of virtual time before they reach the real store, and sometimes
 * before their result comes back, so that requests interleave between any two of them. It relies on promises
 * alone: several operations may be handed to the real store within one turn of the event loop.
 */
export class InterleavedStore implements SessionStore {
  readonly #inner: SessionStore
  readonly #conditions: StoreConditions
  readonly #waiting = new Map<string, number>()
  #running = 0
  #isStirred = false
  #isDead = false

  constructor(inner: SessionStore, conditions: StoreConditions) {
    this.#inner = inner
    this.#conditions = conditions
  }

  /** Waits until all that can go on without time passing has done so. */
  async settle(): Promise<void> {
    while (this.#isStirred || this.#running > 0) {
      this.#isStirred = false
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Whether an operation on this session is still to come. */
  isWaiting(session: string): boolean {
    return (this.#waiting.get(session) ?? 0) > 0
  }

  /** The process is gone: what still waits never reaches the database, and no result comes back. */
  kill(): void {
    this.#isDead = true
  }

  peek(jti: string): SessionRecord | undefined {
    const { hiddenPeeks } = this.#conditions
    if (hiddenPeeks > 0 && this.#chance(jti).chance(hiddenPeeks)) return undefined
    return this.#inner.peek(jti)
  }

  find(jti: string): Promise<SessionRecord | undefined> {
    return this.#pass(jti, () => this.#inner.find(jti))
  }

  create(record: SessionRecord): Promise<void> {
    this.#conditions.chanceOf(record.jti, record.userId)
    return this.#pass(record.jti, () => this.#inner.create(record))
  }

  renew(renewal: Renewal): Promise<boolean> {
    return this.#pass(renewal.jti, async () => {
      const isWritten = await this.#inner.renew(renewal)
      if (isWritten) this.#conditions.onRenewed(renewal)
      return isWritten
    })
  }

  markSeen(jti: string, gen: number): Promise<void> {
    return this.#pass(jti, async () => {
      try {
        await this.#inner.markSeen(jti, gen)
      } catch (error) {
        this.#conditions.onLost?.(jti)
        throw error
      }
    })
  }

  revoke(target: RevocationTarget, reason: RevocationReason, at: Timestamp): Promise<number> {
    const source = 'jti' in target ? target.jti : target.userId
    return this.#pass(source, async () => {
      const count = await this.#inner.revoke(target, reason, at)
      if (count > 0) this.#conditions.onRevoked(target, reason)
      return count
    })
  }

  list(userId: string): Promise<SessionRecord[]> {
    return this.#pass(userId, () => this.#inner.list(userId))
  }

  prune(ended: EndedBefore, now: Timestamp): Promise<number> {
    return this.#pass('', () => this.#inner.prune(ended, now))
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  /** Waits as the host's database may, which is asked for a user's claims. */
  pause(source: string): Promise<void> {
    return this.#pass(source, async () => undefined)
  }

  async #pass<T>(source: string, operation: () => Promise<T>): Promise<T> {
    const prng = this.#chance(source)
    this.#isStirred = true
    this.#waiting.set(source, (this.#waiting.get(source) ?? 0) + 1)
    await this.#moment(prng)
    this.#running += 1
    try {
      return await operation()
    } finally {
      this.#running -= 1
      if (prng.chance(0.3)) await this.#moment(prng)
      this.#waiting.set(source, (this.#waiting.get(source) ?? 0) - 1)
    }
  }

  /** Comes back a little later, or never. A third of all waits is nothing at all: operations that come together. */
  #moment(prng: Prng): Promise<void> {
    const delay = prng.chance(0.35) ? 0 : prng.between(1, this.#conditions.longest)
    return new Promise((resolve) => {
      this.#conditions.timeline.release(delay, () => {
        if (this.#isDead) return
        this.#isStirred = true
        resolve()
      })
    })
  }

  #chance(source: string): Prng {
    return this.#conditions.chanceOf(source, source)
  }
}
