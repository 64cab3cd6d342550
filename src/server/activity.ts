import type { RefusalCode, SlidingSession, Timestamp } from '../index.ts'
import { Minutes } from './minutes.ts'

/** What happened in one minute. */
interface Minute {
  logins: number
  renewals: number
  thefts: number
  readonly refusals: Map<RefusalCode, number>
}

/** What happened in each of the last 60 minutes, the oldest first, and the refusals of all of them by code. */
export interface ActivityReport {
  readonly logins: readonly number[]
  readonly renewals: readonly number[]
  readonly refusals: readonly number[]
  readonly thefts: readonly number[]
  readonly refusalsByCode: Readonly<Record<string, number>>
}

/**
 * Counts what the library tells of sessions, minute by minute, in the memory of this process alone: nothing is
 * written, and a restart begins anew. Refusals are those of tokens with a right signature.
 */
export class Activity {
  readonly #minutes = new Minutes<Minute>(() => ({ logins: 0, renewals: 0, thefts: 0, refusals: new Map() }))

  listen(sessions: SlidingSession): void {
    sessions
      .on('session.started', ({ at }) => {
        this.#minutes.at(at).logins += 1
      })
      .on('session.renewed', ({ at }) => {
        this.#minutes.at(at).renewals += 1
      })
      .on('session.reused', ({ at }) => {
        this.#minutes.at(at).thefts += 1
      })
      .on('session.refused', ({ at, code }) => {
        const { refusals } = this.#minutes.at(at)
        refusals.set(code, (refusals.get(code) ?? 0) + 1)
      })
  }

  /** The last 60 minutes as of a time. */
  report(now: Timestamp): ActivityReport {
    const minutes = this.#minutes.until(now)
    const counted = (count: (minute: Minute) => number) =>
      minutes.map((minute) => (minute === undefined ? 0 : count(minute)))
    return {
      logins: counted(({ logins }) => logins),
      renewals: counted(({ renewals }) => renewals),
      refusals: counted(({ refusals }) => sum(refusals.values())),
      thefts: counted(({ thefts }) => thefts),
      refusalsByCode: byCode(minutes),
    }
  }
}

function byCode(minutes: readonly (Minute | undefined)[]): Record<string, number> {
  const total = new Map<string, number>()
  for (const minute of minutes) {
    for (const [code, count] of minute?.refusals ?? []) total.set(code, (total.get(code) ?? 0) + count)
  }
  return Object.fromEntries([...total].sort(([, one], [, other]) => other - one))
}

function sum(counts: Iterable<number>): number {
  let total = 0
  for (const count of counts) total += count
  return total
}
