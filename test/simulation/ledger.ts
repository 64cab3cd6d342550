import type { Answer } from './designs/design.ts'
import type { Exception } from './exception.ts'
import type { Sent } from './exchange.ts'
import type { Rules } from './settings.ts'
import type { Timeline } from './timeline.ts'
import type { Excuse, Truth } from './truth.ts'

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
  cluster: ClusterCounts
}

/** What happened to several servers and their database. */
export interface ClusterCounts {
  listenersCut: number
  linesCut: number
  linesSilent: number
  failOvers: number
  lostCommits: number
  /** Acknowledged revocations among the lost commits: those sessions are valid again. */
  lostRevocations: number
  /** Sessions whose login was among the lost commits, so that their owner had to log in again. */
  lostLogins: number
  /** Sessions that ended as a request under way during a fail-over looked like reuse. */
  takenForReuse: number
  /** Answers of a server that could not reach the database. */
  unavailable: number
  /** Of each request that passed after a revocation: how many milliseconds after its commit it came. */
  readonly delays: number[]
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
    cluster: {
      listenersCut: 0,
      linesCut: 0,
      linesSilent: 0,
      failOvers: 0,
      lostCommits: 0,
      lostRevocations: 0,
      lostLogins: 0,
      takenForReuse: 0,
      unavailable: 0,
      delays: [],
    },
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
    if (answer.kind === 'unavailable') this.counts.cluster.unavailable += 1
    if (sent.message.kind === 'login') return
    if (answer.kind === 'pass') this.#pass(sent, answer)
    if (answer.kind === 'refuse' && sent.theft === undefined) this.#refused(sent, answer.code)
  }

  lost(what: 'request' | 'answer', answer: Answer | undefined): void {
    if (what === 'request') this.counts.lostRequests += 1
    else this.counts.lostAnswers += 1
    if (answer?.kind === 'pass' && answer.token !== undefined) this.counts.lostTokens += 1
  }

  #pass({ message, theft, arrivedAt, arrivedTick }: Sent, answer: Answer & { kind: 'pass' }): void {
    const { now } = this.#timeline
    const revoked = this.#truth.sessions.get(message.token?.session ?? '')?.end?.acknowledged
    if (revoked !== undefined && revoked.tick < arrivedTick) {
      this.counts.cluster.delays.push(arrivedAt - revoked.at)
    }
    if (answer.token !== undefined) this.counts.renewals += 1
    else if (now >= (message.token?.expiresAt ?? now) + this.#rules.leeway) this.counts.graced += 1
    if (theft !== undefined) theft.lastAnswer = now
  }

  #refused(sent: Sent, code: string): void {
    const session = this.#truth.sessions.get(sent.message.token?.session ?? '')
    if (session === undefined || code === 'refresh_needed') return
    const excuses = [...this.#truth.excuses(session, sent)]
    const isFirst = !this.#loggedOut.has(session.id)
    const only = excuses.length === 1 ? excuses[0] : undefined
    if (excuses.length === 0) {
      this.counts.honestRefusals += 1
      if (isFirst) this.counts.honestLogouts += 1
    } else if (!this.#isCountedApart(only, sent.device.exception, isFirst)) {
      this.counts.dueRefusals += 1
      return
    }
    this.#loggedOut.add(session.id)
  }

  /** Whether this is the only reason for a refusal, and one whose sessions are counted for themselves. */
  #isCountedApart(only: Excuse | undefined, exception: Exception | undefined, isFirst: boolean): boolean {
    const more = isFirst ? 1 : 0
    const { exceptions, cluster } = this.counts
    if (only === 'exception' && exception !== undefined) exceptions[exception] += more
    else if (only === 'lost' && cluster.failOvers > 0) cluster.lostLogins += more
    else if (only === 'failed over') cluster.takenForReuse += more
    else return false
    return true
  }
}

/** Adds up the counts of several worlds. */
export function addCounts(sum: Counts, more: Counts): void {
  addNumbers(sum, more)
  addNumbers(sum.exceptions, more.exceptions)
  addNumbers(sum.cluster, more.cluster)
  sum.cluster.delays.push(...more.cluster.delays)
}

function addNumbers<T extends object>(sum: T, more: T): void {
  const numbers = sum as Record<string, unknown>
  for (const [name, value] of Object.entries(more)) {
    const former = numbers[name]
    if (typeof value === 'number' && typeof former === 'number') numbers[name] = former + value
  }
}
