import type { RevocationReason } from '../../src/protocol/types.ts'
import type { Renewal } from '../../src/stores/store.ts'
import type { Answer, Records } from './designs/design.ts'
import type { Sent } from './exchange.ts'
import { mustAccept } from './fingerprint.ts'
import { PROMISES, type Verdict } from './promises.ts'
import type { Rules } from './settings.ts'
import { workOf } from './theft.ts'
import type { Timeline } from './timeline.ts'
import type { Excuse, SessionTruth, Truth } from './truth.ts'

/**
 * The longest that a used copy may go unnoticed, in lifetimes of the owner's time at work. The protocol needs that
 * each side presents an expired token of its own branch; an owner who comes but once per lifetime, of whose visits
 * one falls into the grace and one into a fresh sibling, stretches that to four.
 */
const LONGEST_UNNOTICED = 5

/** What one refusal code says, as reasons of which one must truly hold. */
const EXCUSES: Readonly<Record<string, readonly Excuse[]>> = {
  session_unknown: ['lost', 'ended', 'too old', 'idle', 'stolen', 'failed over', 'exception'],
  session_revoked: ['ended', 'stolen', 'failed over', 'exception'],
  user_disabled: ['banned'],
  session_expired: ['too old'],
  session_idle: ['idle'],
  fingerprint_mismatch: ['fingerprint'],
  token_reused: ['stolen', 'failed over', 'exception'],
}

type Passed = Answer & { kind: 'pass' }

export interface AnswerInvariantParts {
  readonly rules: Rules
  readonly timeline: Timeline
  readonly truth: Truth
  readonly records: Records
  readonly verdict: Verdict
  /**
   * For how long after a revocation another server may let a fresh token pass from its memory, in milliseconds: the
   * bound for several servers, 0 for one.
   */
  readonly staleness: number
}

/** Checks answers: who may pass, who may be renewed, and who must not be refused. */
export class AnswerInvariants {
  readonly #rules: Rules
  readonly #timeline: Timeline
  readonly #truth: Truth
  readonly #records: Records
  readonly #verdict: Verdict
  readonly #staleness: number

  constructor(parts: AnswerInvariantParts) {
    this.#rules = parts.rules
    this.#timeline = parts.timeline
    this.#truth = parts.truth
    this.#records = parts.records
    this.#verdict = parts.verdict
    this.#staleness = parts.staleness
  }

  /** A renewal was written. */
  renewed(session: SessionTruth, { at }: Renewal): void {
    const { idleTimeout, maxAge } = this.#rules
    const { updatedAt, createdAt, end } = session
    this.#verdict.expect(at < updatedAt + idleTimeout, PROMISES.renewable, session, 'idle')
    this.#verdict.expect(at < createdAt + maxAge, PROMISES.maxAge, session, 'renewed')
    this.#verdict.expect(end?.acknowledged === undefined, PROMISES.revoked, session, 'renewed')
  }

  answered(session: SessionTruth, sent: Sent, answer: Answer): void {
    if (answer.kind === 'pass') this.#checkPass(session, sent, answer)
    if (answer.kind === 'refuse') this.#checkRefusal(session, sent, answer.code)
  }

  revoked(session: SessionTruth, reason: RevocationReason): void {
    const { user, mayBeReplaced } = session
    const causes: Partial<Record<RevocationReason, boolean>> = {
      reuse: true,
      limit: this.#rules.maxSessionsPerUser > 0,
      replaced: mayBeReplaced,
      user_disabled: user.wasBanned,
      revoked: user.revocations > 0,
    }
    const wasAsked = session.end !== undefined || (this.#staleness > 0 && session.wasAsked)
    const hasCause = wasAsked || causes[reason] === true
    this.#verdict.expect(hasCause, PROMISES.cause, session, reason)
  }

  #checkPass(session: SessionTruth, sent: Sent, answer: Passed): void {
    const { createdAt, end, reference, lostAt } = session
    const { arrivedAt, arrivedTick, agent, message } = sent
    const { maxAge, leeway, fingerprint } = this.#rules
    const wasRevoked = end?.acknowledged !== undefined && end.acknowledged.tick < arrivedTick
    const late = arrivedAt - (end?.acknowledged?.at ?? arrivedAt)
    const mayPass = !wasRevoked || (this.#isFromMemory(sent, answer) && late <= this.#staleness)
    this.#verdict.expect(mayPass, PROMISES.revoked, session, `${message.kind}, ${late} ms after`)
    const wasKnown = arrivedAt <= lostAt + this.#staleness
    this.#verdict.expect(wasKnown, PROMISES.known, session, `${arrivedAt - lostAt} ms after`)
    this.#verdict.expect(arrivedAt < createdAt + maxAge + leeway, PROMISES.maxAge, session, 'passed')
    const mayRenew = answer.token === undefined || mustAccept(fingerprint, reference, agent)
    this.#verdict.expect(mayRenew, PROMISES.renewable, session, 'fingerprint')
    this.#checkHost(session, sent, answer)
    if (!session.wentBack) this.#checkNoticed(session, sent)
  }

  /** A server answers at once only what it does from memory; for all else it asks the database. */
  #isFromMemory({ message, arrivedTick }: Sent, answer: Passed): boolean {
    return answer.token === undefined && !message.strict && this.#timeline.tick === arrivedTick
  }

  /** A ban or a new role that stands since before the request came. */
  #checkHost(session: SessionTruth, { arrivedTick, message }: Sent, answer: Passed): void {
    const { user } = session
    const wasAsked = answer.token !== undefined || message.strict
    if (!wasAsked || user.changed >= arrivedTick) return
    this.#verdict.expect(!user.isBanned, PROMISES.renewable, session, 'banned')
    const isCurrent = answer.role === user.role && (answer.token?.role ?? user.role) === user.role
    this.#verdict.expect(isCurrent, PROMISES.role, session, `${answer.role}`)
  }

  #checkNoticed(session: SessionTruth, { theft }: Sent): void {
    if (theft?.begun === undefined) return
    const lifetimes = (workOf(session, this.#timeline.now) - theft.begun.work) / this.#rules.tokenTtl
    const detail = `${theft.name}, ${lifetimes.toFixed(1)} lifetimes`
    this.#verdict.expect(lifetimes <= LONGEST_UNNOTICED, PROMISES.noticed, session, detail)
  }

  #checkRefusal(session: SessionTruth, sent: Sent, code: string): void {
    if (code === 'token_reused') {
      this.#verdict.expect(this.#isOver(session), PROMISES.fork, session, 'reuse did not revoke the session')
    }
    if (code === 'user_disabled') this.#checkDisabled(session, sent)
    if (sent.theft !== undefined) return
    const excuses = this.#truth.excuses(session, sent)
    const isExcused = (EXCUSES[code] ?? []).some((excuse) => excuses.has(excuse))
    this.#verdict.expect(isExcused, PROMISES.honest, session, `${sent.device.name} got ${code}`)
  }

  /** With a user who is gone, all sessions end that there were when the request came. */
  #checkDisabled({ user }: SessionTruth, { arrivedAt }: Sent): void {
    for (const session of this.#truth.sessionsOf(user.name)) {
      const isOver = session.createdAt >= arrivedAt || this.#isOver(session)
      this.#verdict.expect(isOver, PROMISES.revoked, session, 'the user is disabled')
    }
  }

  #isOver({ id }: SessionTruth): boolean {
    return this.#records.record(id)?.valid !== 1
  }
}
