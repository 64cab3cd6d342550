import type { SlidingSession, Timestamp } from '../index.ts'
import { ActiveSessions, type ActiveSessionsParts } from './active-sessions.ts'
import { Activity, type ActivityReport } from './activity.ts'
import { firstMinute } from './minutes.ts'

/** `GET /admin/overview`: what goes on, for a page that asks every few seconds. Dates become ISO 8601 in JSON. */
export interface OverviewReport extends ActivityReport {
  /** When this process began to count what happens. */
  readonly since: Date
  /** When the first of the 60 minutes began that each list has an entry for. */
  readonly from: Date
  /** Sessions that can be used: of all processes, unlike all else here. Null while they are first counted. */
  readonly active: { readonly count: number; readonly at: Date } | null
  /** The same minute by minute; null where nobody counted. */
  readonly activeSessions: readonly (number | null)[]
}

/** The figures of the console's front page. */
export class Overview {
  readonly #now: () => Timestamp
  readonly #since: Timestamp
  readonly #activity = new Activity()
  readonly #active: ActiveSessions

  constructor(sessions: SlidingSession, parts: ActiveSessionsParts) {
    this.#now = parts.now
    this.#since = parts.now()
    this.#activity.listen(sessions)
    this.#active = new ActiveSessions(parts)
  }

  async report(): Promise<OverviewReport> {
    const active = await this.#active.read()
    const now = this.#now()
    return {
      since: new Date(this.#since),
      from: new Date(firstMinute(now)),
      active: active === undefined ? null : { count: active.count, at: new Date(active.at) },
      activeSessions: this.#active.samples(now),
      ...this.#activity.report(now),
    }
  }

  /** How many sessions are active, from a count that may be some seconds old; undefined while they are first counted. */
  async countActive(): Promise<number | undefined> {
    return (await this.#active.read())?.count
  }

  close(): Promise<void> {
    return this.#active.close()
  }
}
