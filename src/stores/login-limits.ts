import type { RateLimiterStoreAbstract } from 'rate-limiter-flexible'
import { orUnavailable } from './or-unavailable.ts'
import type { Failures, LoginLimitStore } from './server-store.ts'

/** What is too many is for the server to judge: here they are only counted. */
export const COUNTING = { keyPrefix: '', points: 1, duration: 1, tableCreated: true } as const

/** Counters in a database, by a limiter that knows it; they survive a restart, and all servers share them. */
export class LimiterStore implements LoginLimitStore {
  readonly #limiter: RateLimiterStoreAbstract
  readonly #prune: () => unknown

  /** `prune` deletes the counters that are over. */
  constructor(limiter: RateLimiterStoreAbstract, prune: () => unknown) {
    this.#limiter = limiter
    this.#prune = prune
  }

  async failures(key: string): Promise<Failures> {
    const found = await orUnavailable(() => this.#limiter.get(key))
    return found === null ? { count: 0, resetsIn: 0 } : toFailures(found)
  }

  async addFailure(key: string, window: number): Promise<Failures> {
    const customDuration = window / 1000
    return toFailures(await orUnavailable(() => this.#limiter.penalty(key, 1, { customDuration })))
  }

  async clear(key: string): Promise<void> {
    await orUnavailable(() => this.#limiter.delete(key))
  }

  async prune(): Promise<void> {
    await orUnavailable(this.#prune)
  }
}

function toFailures({
  consumedPoints,
  msBeforeNext,
}: {
  consumedPoints: number
  msBeforeNext: number
}): Failures {
  return { count: consumedPoints, resetsIn: msBeforeNext }
}
