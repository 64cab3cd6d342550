import type { Policy, Timestamp } from '../index.ts'
import { activeSince, type ServerDatabase } from '../stores/server-store.ts'
import { Minutes } from './minutes.ts'

export interface ActiveSessionsParts {
  readonly database: Pick<ServerDatabase, 'countActiveSessions'>
  readonly policy: Pick<Policy, 'maxAge' | 'idleTimeout' | 'tokenTtl'>
  readonly now: () => Timestamp
  /** Told why a count failed; the one before it stays. */
  readonly onFailure: (error: unknown) => void
}

/** A number of sessions and when it was counted. */
interface Count {
  readonly count: number
  readonly at: Timestamp
}

/** A count is good for this long. */
const GOOD_FOR_MS = 5_000

/** Counting takes at most one part in so many of the time, however many sessions there are. */
const SHARE = 50

/** Where a count takes no longer than this, there is one each minute, watched or not. */
const CHEAP_MS = 20

const MINUTE_MS = 60_000

/**
 * How many sessions are active, from a count that may be some seconds old: counting reads every record, so it
 * is done in the background, the less often the longer it takes, and beyond some ten thousand sessions only
 * while somebody asks.
 */
export class ActiveSessions {
  readonly #parts: ActiveSessionsParts
  readonly #samples = new Minutes<{ count: number | null }>(() => ({ count: null }))
  readonly #timer: NodeJS.Timeout
  #last: Count | undefined
  #counting: Promise<void> | undefined
  #due = Number.NEGATIVE_INFINITY
  #took = 0

  constructor(parts: ActiveSessionsParts) {
    this.#parts = parts
    this.#timer = setInterval(() => {
      if (this.#took <= CHEAP_MS) this.#refresh()
    }, MINUTE_MS).unref()
  }

  /** The last count; a small table is counted anew within this call, and undefined is answered for a large one at first. */
  async read(): Promise<Count | undefined> {
    await Promise.race([this.#refresh(), new Promise(setImmediate)])
    return this.#last
  }

  /** The last count of each of the 60 minutes up to a time, the oldest first; null where nobody counted. */
  samples(now: Timestamp): (number | null)[] {
    return this.#samples.until(now).map((sample) => sample?.count ?? null)
  }

  /** Settled when nothing is being counted; nothing will be any more. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#counting
  }

  #refresh(): Promise<void> {
    if (this.#counting === undefined && performance.now() >= this.#due) {
      this.#counting = this.#count().finally(() => {
        this.#counting = undefined
      })
    }
    return this.#counting ?? Promise.resolve()
  }

  async #count(): Promise<void> {
    const { database, policy, now, onFailure } = this.#parts
    const started = performance.now()
    try {
      const at = now()
      const count = await database.countActiveSessions(activeSince(policy, at))
      this.#last = { count, at }
      this.#samples.at(at).count = count
    } catch (error) {
      onFailure(error)
    }
    const ended = performance.now()
    this.#took = ended - started
    this.#due = ended + Math.max(GOOD_FOR_MS, this.#took * SHARE)
  }
}
