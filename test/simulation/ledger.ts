import type { Answer } from './designs/design.ts'
import type { Exception } from './exception.ts'
import type { Sent } from './exchange.ts'
import type { Rules } from './settings.ts'
import type { Timeline } from './timeline.ts'
import type { Truth } from './truth.ts'

/** What happened, in numbers. */
export interface Counts {
  /** Requests of the owners' own work that reached the server. */
  requests: number
  logins: number
  refreshes: number
  renewals: number
  /** Expired tokens that passed within grace, without a new token. */
  graced: number
  lostRequests: number
  lostAnswers: number
  /** Lost answers that carried a new token. */
  lostTokens: number
  /** Refusals of an owner for a reason that truly held, such as an idle session. */
  dueRefusals: number
  /** Refusals of an owner without such a reason: there must be none. */
  honestRefusals: number
  /** Sessions that ended by such a refusal. */
  honestLogouts: number
  /** The same, of devices that break an assumption on purpose. */
  exceptions: Record<Exception, number>
  revocations: number
  bans: number
  crashes: number
  restores: number
}

export function noCounts(): Counts {
  return {
    requests: 0,
    logins: 0,
    refreshes: 0,
    renewals: 0,
    graced: 0,
    lostRequests: 0,
    lostAnswers: 0,
    lostTokens: 0,
    dueRefusals: 0,
    honestRefusals: 0,
    honestLogouts: 0,
    exceptions: { private: 0, overwriting: 0, slow: 0 },
    revocations: 0,
    bans: 0,
    crashes: 0,
    restores: 0,
  }
}

/** Keeps the books of one world, whatever the design of its server. */
export class Ledger {
  readonly counts = noCounts()
  readonly #rules: Rules
  readonly #timeline: Timeline
  readonly #truth: Truth
  readonly #loggedOut = new Set<string>()

  constructor(rules: Rules, timeline: Timeline, truth: Truth) {
    this.#rules = rules
    this.#timeline = timeline
    this.#truth = truth
  }

  arrived({ message, theft }: Sent): void {
    if (theft !== undefined) return
    if (message.kind === 'work') this.counts.requests += 1
    if (message.kind === 'login') this.counts.logins += 1
    if (message.kind === 'refresh') this.counts.refreshes += 1
  }

  answered(sent: Sent, answer: Answer): void {
    if (sent.message.kind === 'login') return
    if (answer.kind === 'pass') this.#pass(sent, answer)
    if (answer.kind === 'refuse' && sent.theft === undefined) this.#refused(sent, answer.code)
  }

  lost(what: 'request' | 'answer', answer: Answer | undefined): void {
    if (what === 'request') this.counts.lostRequests += 1
    else this.counts.lostAnswers += 1
    if (answer?.kind === 'pass' && answer.token !== undefined) this.counts.lostTokens += 1
  }

  #pass({ message, theft }: Sent, answer: Answer & { kind: 'pass' }): void {
    const { now } = this.#timeline
    if (answer.token !== undefined) this.counts.renewals += 1
    else if (now >= (message.token?.expiresAt ?? now) + this.#rules.leeway) this.counts.graced += 1
    if (theft !== undefined) theft.lastAnswer = now
  }

  #refused(sent: Sent, code: string): void {
    const session = this.#truth.sessions.get(sent.message.token?.session ?? '')
    if (session === undefined || code === 'refresh_needed') return
    const excuses = this.#truth.excuses(session, sent)
    const { exception } = sent.device
    if (excuses.size === 0) {
      this.counts.honestRefusals += 1
      if (!this.#loggedOut.has(session.id)) this.counts.honestLogouts += 1
      this.#loggedOut.add(session.id)
    } else if (excuses.size === 1 && exception !== undefined) {
      if (!this.#loggedOut.has(session.id)) this.counts.exceptions[exception] += 1
      this.#loggedOut.add(session.id)
    } else {
      this.counts.dueRefusals += 1
    }
  }
}

/** Adds up the counts of several worlds. */
export function addCounts(sum: Counts, more: Counts): void {
  for (const name of Object.keys(more) as (keyof Counts)[]) {
    if (name === 'exceptions') continue
    sum[name] += more[name]
  }
  for (const name of Object.keys(more.exceptions) as Exception[])
    sum.exceptions[name] += more.exceptions[name]
}
