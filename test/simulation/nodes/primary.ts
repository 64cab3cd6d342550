import type { RevocationReason } from '../../../src/protocol/types.ts'
import { toUuid } from '../../../src/stores/postgres/jti.ts'
import type { Renewal } from '../../../src/stores/store.ts'
import type { RecordState } from '../designs/design.ts'
import type { Timeline } from '../timeline.ts'
import { Tables, type WriteWatcher } from './tables.ts'

/** A transaction as the standby replays it. */
interface Commit {
  readonly at: number
  readonly xact: number
  readonly name: string
  readonly values: readonly unknown[]
}

/** What becomes known of the database as it happens. */
export interface PrimaryWatcher {
  renewed(renewal: Renewal): void
  /** These sessions were revoked by one transaction. */
  revoked(jtis: readonly string[], reason: RevocationReason): void
}

const READS = new Set([
  'sliding_find',
  'sliding_list',
  'sliding_session_pages',
  'sliding_is_any_agent_unused',
])

/** A standby's sequence goes on so far beyond what it has seen, as numbers are logged before they are used. */
const LOGGED_AHEAD = 32

const NOBODY: WriteWatcher = { renewed: () => undefined, revoked: () => undefined }

/**
 * A PostgreSQL primary with its log of revocations and its notifications, and an asynchronous standby that has what
 * was committed up to some time ago. A transaction takes no time.
 */
export class Primary {
  readonly #timeline: Timeline
  readonly #watcher: PrimaryWatcher
  readonly #listeners = new Set<() => void>()
  #tables = new Tables()
  /** What the standby began with, and what was committed since. */
  #base = { copy: this.#tables.copy(), nextAgent: this.#tables.nextAgent }
  #commits: Commit[] = []
  #log: { readonly xact: number; readonly jti: string }[] = []
  #nextXact = 1_000
  #downUntil = 0
  /** Which server it is: another one after each fail-over. */
  instance = 1

  constructor(timeline: Timeline, watcher: PrimaryWatcher) {
    this.#timeline = timeline
    this.#watcher = watcher
  }

  get isUp(): boolean {
    return this.#timeline.now >= this.#downUntil
  }

  record(session: string): RecordState | undefined {
    return this.#tables.record(session)
  }

  /** Runs a statement of the store as one transaction. */
  run(name: string, values: readonly unknown[]): readonly object[] {
    if (name === 'sliding_read_revocations') return [this.#readLog(values[0] as string | null)]
    if (name === 'sliding_prune_revocations') return this.#pruneLog(Number(values[0]))
    if (READS.has(name)) return this.#tables.run(name, values, NOBODY)
    return this.#write(name, values)
  }

  /** Has a connection notified of every revocation; answers with how to stop it. */
  listen(onNotification: () => void): () => void {
    this.#listeners.add(onNotification)
    return () => this.#listeners.delete(onNotification)
  }

  /**
   * The standby takes the place of this server, with what was committed until a time, and answers when it is up.
   * Answers with the number of commits that are lost. Whoever was connected has to connect again.
   */
  failOver(committedUntil: number, downtime: number): number {
    const kept = this.#commits.filter(({ at }) => at <= committedUntil)
    const lost = this.#commits.length - kept.length
    const standby = new Tables(this.#base.copy, this.#base.nextAgent)
    for (const { name, values } of kept) standby.run(name, values, NOBODY)
    this.#tables.close()
    this.#tables = standby
    standby.nextAgent += LOGGED_AHEAD
    this.#base = { copy: standby.copy(), nextAgent: standby.nextAgent }
    this.#nextXact = (kept.at(-1)?.xact ?? this.#commits[0]?.xact ?? this.#nextXact) + 1
    this.#commits = []
    this.#log = this.#log.filter(({ xact }) => xact < this.#nextXact)
    this.#listeners.clear()
    this.#downUntil = this.#timeline.now + downtime
    this.instance += 1
    return lost
  }

  close(): void {
    this.#tables.close()
  }

  #write(name: string, values: readonly unknown[]): readonly object[] {
    const xact = this.#nextXact++
    const renewals: Renewal[] = []
    const revoked = new Map<RevocationReason, string[]>()
    const rows = this.#tables.run(name, values, {
      renewed: (renewal) => renewals.push(renewal),
      revoked: (jti, reason) => revoked.set(reason, [...(revoked.get(reason) ?? []), jti]),
    })
    this.#commits.push({ at: this.#timeline.now, xact, name, values })
    for (const renewal of renewals) this.#watcher.renewed(renewal)
    for (const [reason, jtis] of revoked) {
      this.#log.push(...jtis.map((jti) => ({ xact, jti })))
      this.#watcher.revoked(jtis, reason)
    }
    if (revoked.size > 0) for (const notify of this.#listeners) notify()
    return rows
  }

  #readLog(since: string | null): object {
    const isNew = ({ xact }: { readonly xact: number }) => since !== null && xact >= Number(since)
    const revoked = this.#log.filter(isNew).map(({ jti }) => toUuid(jti))
    return {
      xmin: `${this.#nextXact}`,
      instance: `${this.instance}`,
      isStandby: false,
      revoked: revoked.length === 0 ? null : revoked.join(','),
    }
  }

  #pruneLog(before: number): readonly object[] {
    this.#log = this.#log.filter(({ xact }) => xact >= before && xact < this.#nextXact)
    return []
  }
}
