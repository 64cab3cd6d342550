import type { RevocationReason } from '../../src/protocol/types.ts'
import { GOOD_FOR_MS } from '../../src/stores/postgres/revocation-listener.ts'
import type { Renewal } from '../../src/stores/store.ts'
import { perform } from './deeds.ts'
import { type Answer, type Design, isOurs, type Surroundings } from './designs/design.ts'
import { Ours } from './designs/ours.ts'
import { Device } from './device.ts'
import { Exchange, type Sent, type Watcher } from './exchange.ts'
import { History } from './history.ts'
import { Invariants } from './invariants.ts'
import { type Counts, Ledger } from './ledger.ts'
import type { Mutation } from './mutations.ts'
import { Cluster } from './nodes/cluster.ts'
import { Operator } from './operator.ts'
import { mix } from './prng.ts'
import type { Promised, Violation } from './promises.ts'
import type { Intent } from './script.ts'
import type { Rules, Settings } from './settings.ts'
import { Settling } from './settling.ts'
import { close, isWorthless, type Theft } from './theft.ts'
import { BEGINNING, Timeline } from './timeline.ts'
import type { Token } from './token.ts'
import { Truth } from './truth.ts'

/** A design other than ours, made for one world. */
export type DesignMaker = (rules: Rules, timeline: Timeline, surroundings: Surroundings) => Design

export interface WorldOptions {
  readonly seed: number
  readonly settings: Settings
  readonly script: readonly Intent[]
  /** Default: ours, with all invariants checked. */
  readonly design?: DesignMaker | undefined
  readonly mutation?: Mutation | undefined
  /** Invariants that are not looked at, to see what the others find. */
  readonly ignored?: ReadonlySet<Promised> | undefined
  readonly isRecorded?: boolean
  /** Counts what reaches the database, in place of checking invariants. */
  readonly isCounted?: boolean
}

export interface WorldResult {
  readonly steps: number
  readonly counts: Counts
  readonly thefts: readonly Theft[]
  readonly traffic: { readonly reads: number; readonly writes: number }
  readonly violation: Violation | undefined
  /** The virtual time that has passed. */
  readonly elapsed: number
  readonly history: readonly string[]
}

/** One server with its people, its thieves and its fate. */
export class World implements Watcher {
  readonly #options: WorldOptions
  readonly #timeline = new Timeline()
  readonly #settling = new Settling()
  readonly #truth: Truth
  readonly #design: Design
  readonly #exchange: Exchange
  readonly #ledger: Ledger
  readonly #invariants: Invariants | undefined
  readonly #history: History | undefined
  #steps = 0

  constructor(options: WorldOptions) {
    this.#options = options
    const { settings, isRecorded } = options
    const { rules } = settings
    this.#truth = new Truth(rules, this.#timeline)
    this.#history = isRecorded ? new History(this.#timeline, this.#truth) : undefined
    this.#ledger = new Ledger(rules, this.#timeline, this.#truth)
    this.#design = this.#makeDesign()
    this.#invariants = this.#makeInvariants()
    this.#exchange = new Exchange(this.#timeline, this.#design, this)
    this.#plan(options)
  }

  #plan({ script, settings }: WorldOptions): void {
    const around = {
      settings,
      timeline: this.#timeline,
      truth: this.#truth,
      design: this.#design,
      exchange: this.#exchange,
      needsRefresh: this.#design.needsRefresh,
      invariants: this.#invariants,
      counts: this.#ledger.counts,
      devices: this.#makeDevices(),
      history: this.#history,
    }
    const parts = { ...around, operator: new Operator(around) }
    for (const intent of script) this.#timeline.at(intent.at, () => perform(intent, parts))
  }

  /** Lets time pass until everything has happened, a step limit is reached or an invariant broke. */
  async run(mostSteps = Number.POSITIVE_INFINITY): Promise<WorldResult> {
    try {
      await this.#pass(mostSteps)
      return this.#finish()
    } finally {
      this.#design.close()
    }
  }

  async #pass(mostSteps: number): Promise<void> {
    const last = this.#options.script.at(-1)?.at ?? BEGINNING
    const end = last + 3 * this.#options.settings.rules.tokenTtl
    while (this.#steps < mostSteps && this.#invariants?.violation === undefined) {
      const next = this.#timeline.take(end)
      if (next === undefined) break
      next.run()
      while (this.#timeline.releasesNow) this.#timeline.take(end)?.run()
      if (next.kind === 'step') this.#steps += 1
      await this.#settle()
      this.#invariants?.settled()
    }
  }

  /** Everything that can go on without time passing does so: at the server first, then at the clients. */
  async #settle(): Promise<void> {
    await this.#design.settle()
    await this.#settling.settle()
  }

  arrived(sent: Sent): void {
    this.#truth.arrived(sent)
    this.#ledger.arrived(sent)
    this.#history?.arrived(sent)
  }

  answered(sent: Sent, answer: Answer): void {
    const isNew = answer.kind === 'pass' && answer.token !== undefined
    if (isNew && sent.message.kind === 'login') this.#begun(answer.token, sent)
    this.#history?.answered(sent, answer)
    if (isNew && sent.message.kind !== 'login') this.#renewedElsewhere(answer.token.session)
    this.#ledger.answered(sent, answer)
    this.#invariants?.answered(sent, answer)
    if (sent.theft !== undefined && answer.kind === 'refuse') this.#shutOut(sent.theft, answer.code)
  }

  lost(sent: Sent, what: 'request' | 'answer', answer?: Answer): void {
    this.#ledger.lost(what, answer)
    this.#history?.lost(sent, what)
  }

  delivered(sent: Sent, answer: Answer): void {
    this.#history?.delivered(sent, answer)
  }

  /** What a login has begun may have been revoked, or lost with a fail-over, before its answer. */
  #begun(token: Token, sent: Sent): void {
    const session = this.#truth.begun(token, sent)
    if (!(this.#design instanceof Cluster)) return
    const record = this.#design.record(session.id)
    if (record === undefined) this.#truth.lost(session)
    if (record?.valid !== 0) return
    this.#truth.revocationAsked([session], 'revoked')
    this.#truth.revocationAcknowledged([session])
  }

  /** Ours tells of a renewal when it is written; the others do so with the answer. */
  #renewedElsewhere(id: string): void {
    const session = this.#truth.sessions.get(id)
    if (session !== undefined && !isOurs(this.#design)) {
      this.#truth.renewed(session, this.#timeline.now)
    }
  }

  #shutOut(theft: Theft, code: string): void {
    if (code === 'refresh_needed') return
    const at = code === 'token_expired' ? theft.held.expiresAt : this.#timeline.now
    close(theft, code === 'fingerprint_mismatch' ? 'refused' : 'ended', at)
  }

  #makeDesign(): Design {
    const { seed, settings, design, mutation, isCounted = false } = this.#options
    const surroundings: Surroundings = {
      roleOf: (name) => {
        const { isBanned, role } = this.#truth.user(name)
        return isBanned ? undefined : role
      },
      revoked: (target, reason) => this.#revoked(target, reason),
    }
    if (design !== undefined) return design(settings.rules, this.#timeline, surroundings)
    const onRenewed = (renewal: Renewal) => this.#renewed(renewal)
    const parts = { seed, settings, timeline: this.#timeline, surroundings, mutation, onRenewed }
    if (settings.nodes === 1) return new Ours({ ...parts, isCounted })
    return new Cluster({ ...parts, onLost: (session) => this.#invariants?.lost(session) })
  }

  #renewed(renewal: Renewal): void {
    this.#invariants?.renewed(renewal)
    const session = this.#truth.sessions.get(renewal.jti)
    if (session !== undefined) this.#truth.renewed(session, renewal.at)
  }

  #makeInvariants(): Invariants | undefined {
    const { settings, isCounted, ignored = new Set() } = this.#options
    const records = this.#design
    if (isCounted || !isOurs(records)) return undefined
    const staleness = settings.nodes === 1 ? 0 : GOOD_FOR_MS
    const { rules } = settings
    return new Invariants({
      rules,
      timeline: this.#timeline,
      truth: this.#truth,
      records,
      ignored,
      staleness,
    })
  }

  #makeDevices(): Device[] {
    const { seed, settings } = this.#options
    return Array.from(
      { length: settings.devices },
      (_, number) =>
        new Device({
          number,
          seed: mix(seed, 200 + number),
          settings,
          timeline: this.#timeline,
          exchange: this.#exchange,
          settling: this.#settling,
          needsRefresh: this.#design.needsRefresh,
        }),
    )
  }

  #revoked(target: { readonly session: string } | { readonly user: string }, reason: RevocationReason): void {
    const session = 'session' in target ? this.#truth.sessions.get(target.session) : undefined
    const sessions = 'user' in target ? this.#overSessionsOf(target.user) : session ? [session] : []
    for (const one of sessions) this.#invariants?.revoked(one, reason)
    this.#truth.revocationAsked(sessions, reason)
    this.#truth.revocationAcknowledged(sessions)
  }

  /** Without those that begin while the user's other sessions are being revoked. */
  #overSessionsOf(user: string) {
    const design = this.#design
    const sessions = this.#truth.sessionsOf(user)
    if (!isOurs(design)) return sessions
    return sessions.filter(({ id }) => design.record(id)?.valid === 0)
  }

  #finish(): WorldResult {
    for (const theft of this.#truth.thefts) this.#conclude(theft)
    return {
      steps: this.#steps,
      counts: this.#ledger.counts,
      thefts: this.#truth.thefts,
      traffic: this.#design.traffic,
      violation: this.#invariants?.violation,
      elapsed: this.#timeline.now - BEGINNING,
      history: this.#history?.lines ?? [],
    }
  }

  #conclude(theft: Theft): void {
    const { now } = this.#timeline
    if (isOurs(this.#design)) {
      if (isWorthless(theft, this.#design.record(theft.session.id), now)) close(theft, 'superseded', now)
    }
    const end = theft.closed?.at ?? now
    theft.shutOutAt = this.#design.asksEachTime ? end : Math.min(now, Math.max(end, theft.held.expiresAt))
  }
}
