import type { Prng } from './prng.ts'

/** What can happen to messages. Delays are milliseconds, one way. */
export interface NetworkProfile {
  /** How many of all requests, and of all answers, are lost. */
  readonly lost: number
  /** How many arrive late, up to `latest`. */
  readonly late: number
  readonly latest: number
}

/** How long a message is under way; undefined where it is lost. */
export function passage(prng: Prng, { lost, late, latest }: NetworkProfile): number | undefined {
  if (prng.chance(lost)) return undefined
  return prng.chance(late) ? prng.between(0, latest) : prng.between(5, Math.min(300, latest))
}

/**
 * The latest arrival that the protocol assumes of a message: the way there and the way back, with what the
 * server needs, must take less than the grace. What takes longer counts as lost.
 */
export function latestAssumed(grace: number): number {
  return Math.floor(0.4 * grace)
}

/** The longest that one operation waits for the database; a request has up to five of them. */
export function longestOperation(grace: number): number {
  return Math.min(400, Math.floor(0.01 * grace))
}
