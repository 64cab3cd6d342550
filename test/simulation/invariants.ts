import type { RevocationReason } from '../../src/protocol/types.ts'
import type { Renewal } from '../../src/stores/store.ts'
import type { Answer } from './designs/design.ts'
import type { RecordState } from './designs/ours.ts'
import type { Sent } from './exchange.ts'
import { mustAccept } from './fingerprint.ts'
import type { Rules } from './settings.ts'
import { workOf } from './theft.ts'
import type { Timeline } from './timeline.ts'
import type { Excuse, SessionTruth, Truth } from './truth.ts'

/** What must hold at every step. */
export type InvariantName =
  | 'an honest client is never refused'
  | 'after a revocation was acknowledged, no request passes'
  | 'no token passes beyond the maximum age'
  | 'nothing is renewed after idle time-out, ban or fingerprint refusal'
  | 'an expired token passes only by a renewal or within grace'
  | 'what was superseded is not renewed'
  | 'a fork is settled by the next expired token of each side'
  | 'a used copy is found beside an owner at work'
  | 'no token is handed out twice'
  | 'each generation is written once'
  | 'a generation never falls'
  | 'a changed role counts from the next renewal on'
  | 'no session is revoked without a cause'
  | 'the server answers'

export interface Violation {
  readonly invariant: InvariantName
  readonly detail: string
}

/**
 * The longest that a used copy may go unnoticed, in lifetimes of the owner's time at work. The protocol needs that
 * each side presents an expired token of its own branch; an owner who comes but once per lifetime, of whose visits
 * one falls into the grace and one into a fresh sibling, stretches that to four.
 */
const LONGEST_UNNOTICED = 5

/** What one refusal code says, as reasons of which one must truly hold. */
const EXCUSES: Readonly<Record<string, readonly Excuse[]>> = {
  session_unknown: ['lost', 'ended', 'too old', 'idle', 'stolen', 'exception'],
  session_revoked: ['ended', 'stolen', 'exception'],
  user_disabled: ['banned'],
  session_expired: ['too old'],
  session_idle: ['idle'],
  fingerprint_mismatch: ['fingerprint'],
  token_reused: ['stolen', 'exception'],
}

/** What the invariants know of a session's lineage. */
interface Line {
  /** By which token each generation came about. */
  readonly parents: Map<number, number>
  /** When a token last caused a renewal. */
  readonly renewedAt: Map<number, number>
  /** The youngest token that was presented: whatever renews must be that or descend from it. */
  head: number
  /** First uses that may not have reached the database yet. */
  presented: number[]
  /** The last expired token of each side that was answered outside grace. */
  readonly answered: Map<string, number>
  last: RecordState | undefined
}

interface Engine {
  record(session: string): RecordState | undefined
  isWaiting(session: string): boolean
}

/** Checks the protocol's promises against what is true. One instance watches one world. */
export class Invariants {
  violation: Violation | undefined
  readonly #rules: Rules
  readonly #timeline: Timeline
  readonly #truth: Truth
  readonly #engine: Engine
  readonly #ignored: ReadonlySet<InvariantName>
  readonly #lines = new Map<string, Line>()
  readonly #handedOut = new Set<string>()
  readonly #touched = new Set<SessionTruth>()

  constructor(
    rules: Rules,
    timeline: Timeline,
    truth: Truth,
    engine: Engine,
    ignored: ReadonlySet<InvariantName>,
  ) {
    this.#rules = rules
    this.#timeline = timeline
    this.#truth = truth
    this.#engine = engine
    this.#ignored = ignored
  }

  /** The store has written a renewal. */
  renewed({ jti, lineage, at, client }: Renewal): void {
    const session = this.#truth.sessions.get(jti)
    if (session === undefined) return
    const line = this.#lineOf(session)
    const { issued, parent } = lineage
    if (parent === null) return
    this.#checkLimits(session, at)
    if (!session.wentBack) {
      this.#check(
        'each generation is written once',
        !line.parents.has(issued),
        session,
        `gen ${issued} again`,
      )
      const descends = descendsFrom(line, parent, line.head)
      this.#check(
        'what was superseded is not renewed',
        descends,
        session,
        `gen ${parent} renewed after gen ${line.head} was used, from ${client.ip}`,
      )
    }
    line.parents.set(issued, parent)
    line.renewedAt.set(parent, at)
    line.head = Math.max(line.head, parent)
  }

  /** A request was judged. */
  answered(sent: Sent, answer: Answer): void {
    const session = this.#truth.sessions.get(sent.message.token?.session ?? '')
    if (answer.kind === 'unavailable') this.#fail('the server answers', 'unavailable')
    if (answer.kind === 'pass' && answer.token !== undefined) this.#checkHandedOut(answer.token.text)
    if (session === undefined || sent.message.kind === 'login') return
    this.#touched.add(session)
    if (answer.kind === 'pass') this.#checkPass(session, sent, answer)
    if (answer.kind === 'refuse') this.#checkRefusal(session, sent, answer.code)
    if (session.wentBack) return
    this.#checkFork(session, sent, answer)
    this.#checkUnnoticed(session, sent, answer)
  }

  /** All that can go on has done so: looks at the records that may have changed. */
  settled(): void {
    for (const session of this.#touched) {
      this.#checkRecord(session)
      this.#promotePresented(session)
      if (!this.#engine.isWaiting(session.id)) this.#touched.delete(session)
    }
  }

  /** A session was revoked. */
  revoked(session: SessionTruth, reason: RevocationReason): void {
    const { user, mayBeReplaced } = session
    const causes: Partial<Record<RevocationReason, boolean>> = {
      reuse: true,
      limit: this.#rules.maxSessionsPerUser > 0,
      replaced: mayBeReplaced,
      user_disabled: user.wasBanned,
    }
    const hasCause = session.end !== undefined || causes[reason] === true
    this.#check('no session is revoked without a cause', hasCause, session, reason)
  }

  /** The process died; what waited to be written is lost. */
  crashed(): void {
    for (const line of this.#lines.values()) line.presented = []
  }

  /** The records are those of an older copy. */
  restored(): void {
    this.crashed()
    for (const [id, line] of this.#lines) {
      line.last = this.#engine.record(id)
      if (line.last !== undefined) line.head = line.last.seen
    }
  }

  #checkLimits(session: SessionTruth, at: number): void {
    const { idleTimeout, maxAge } = this.#rules
    const isIdle = at >= session.updatedAt + idleTimeout
    this.#check(
      'nothing is renewed after idle time-out, ban or fingerprint refusal',
      !isIdle,
      session,
      'idle',
    )
    this.#check('no token passes beyond the maximum age', at < session.createdAt + maxAge, session, 'renewed')
    const isRevoked = session.end?.acknowledged !== undefined
    this.#check('after a revocation was acknowledged, no request passes', !isRevoked, session, 'renewed')
  }

  #checkHandedOut(text: string): void {
    if (this.#handedOut.has(text)) this.#fail('no token is handed out twice', 'the same token again')
    this.#handedOut.add(text)
  }

  #checkPass(session: SessionTruth, sent: Sent, answer: Answer & { kind: 'pass' }): void {
    const { createdAt, end } = session
    const { arrivedAt, arrivedTick } = sent
    const { maxAge, leeway } = this.#rules
    const wasRevoked = end?.acknowledged !== undefined && end.acknowledged < arrivedTick
    this.#check(
      'after a revocation was acknowledged, no request passes',
      !wasRevoked,
      session,
      sent.message.kind,
    )
    const isTooOld = arrivedAt >= createdAt + maxAge + leeway
    this.#check('no token passes beyond the maximum age', !isTooOld, session, 'passed')
    this.#checkHost(session, sent, answer)
    if (answer.token !== undefined) this.#checkRenewer(session, sent)
    else this.#checkUnrenewed(session, sent)
  }

  /** A ban or a new role that stands since before the request came. */
  #checkHost(session: SessionTruth, { arrivedTick, message }: Sent, answer: Answer & { kind: 'pass' }): void {
    const { user } = session
    const wasAsked = answer.token !== undefined || message.strict
    if (!wasAsked || user.changed >= arrivedTick) return
    this.#check(
      'nothing is renewed after idle time-out, ban or fingerprint refusal',
      !user.isBanned,
      session,
      'banned',
    )
    const isCurrent = answer.role === user.role && (answer.token?.role ?? user.role) === user.role
    this.#check('a changed role counts from the next renewal on', isCurrent, session, `${answer.role}`)
  }

  #checkRenewer(session: SessionTruth, { agent }: Sent): void {
    const isAccepted = mustAccept(this.#rules.fingerprint, session.reference, agent)
    this.#check(
      'nothing is renewed after idle time-out, ban or fingerprint refusal',
      isAccepted,
      session,
      'fingerprint',
    )
  }

  /** A pass without a new token: the token is fresh, or its renewal is less than the grace ago. */
  #checkUnrenewed(session: SessionTruth, { message, arrivedAt }: Sent): void {
    const { token } = message
    if (token === undefined) return
    const line = this.#lineOf(session)
    if (arrivedAt < token.expiresAt + this.#rules.leeway) {
      const isFirstUse = token.gen > line.head && descendsFrom(line, token.gen, line.head)
      if (isFirstUse && !session.wentBack) line.presented.push(token.gen)
      return
    }
    const renewedAt = line.renewedAt.get(token.gen)
    const isInGrace = renewedAt !== undefined && arrivedAt - renewedAt < this.#rules.grace
    const mayBe = isInGrace || session.wentBack
    this.#check(
      'an expired token passes only by a renewal or within grace',
      mayBe,
      session,
      `gen ${token.gen}`,
    )
  }

  #checkRefusal(session: SessionTruth, sent: Sent, code: string): void {
    if (code === 'token_reused') {
      const isRevoked = this.#engine.record(session.id)?.valid !== 1
      const name = 'a fork is settled by the next expired token of each side'
      this.#check(name, isRevoked, session, 'reuse was answered and the session is still valid')
    }
    if (code === 'user_disabled') this.#checkDisabled(session, sent)
    if (sent.theft !== undefined) return
    const excuses = this.#truth.excuses(session, sent)
    const isExcused = (EXCUSES[code] ?? []).some((excuse) => excuses.has(excuse))
    this.#check('an honest client is never refused', isExcused, session, `${sent.device.name} got ${code}`)
  }

  /** With a user who is gone, all sessions end that there were when the request came. */
  #checkDisabled({ user }: SessionTruth, { arrivedAt }: Sent): void {
    for (const session of this.#truth.sessionsOf(user.name)) {
      const isOver = session.createdAt >= arrivedAt || this.#engine.record(session.id)?.valid !== 1
      this.#check(
        'after a revocation was acknowledged, no request passes',
        isOver,
        session,
        'user is disabled',
      )
    }
  }

  /** Both sides of a fork were answered with an expired token, outside grace: the session must be over. */
  #checkFork(session: SessionTruth, sent: Sent, answer: Answer): void {
    const { token } = sent.message
    if (token === undefined) return
    const isAnswered =
      (answer.kind === 'pass' && answer.token !== undefined) ||
      (answer.kind === 'refuse' && answer.code === 'token_reused')
    if (!isAnswered) return
    const line = this.#lineOf(session)
    const side = sent.theft?.name ?? sent.device.name
    const isFork = [...line.answered].some(
      ([other, gen]) =>
        other !== side && !descendsFrom(line, gen, token.gen) && !descendsFrom(line, token.gen, gen),
    )
    line.answered.set(side, token.gen)
    const isOver = !isFork || this.#engine.record(session.id)?.valid !== 1
    this.#check(
      'a fork is settled by the next expired token of each side',
      isOver,
      session,
      `second is ${side}`,
    )
    this.#checkUnnoticed(session, sent, answer)
  }

  #checkUnnoticed(session: SessionTruth, { theft }: Sent, answer: Answer): void {
    if (theft?.begun === undefined || answer.kind !== 'pass') return
    const lifetimes = (workOf(session, this.#timeline.now) - theft.begun.work) / this.#rules.tokenTtl
    const isFound = lifetimes <= LONGEST_UNNOTICED
    this.#check(
      'a used copy is found beside an owner at work',
      isFound,
      session,
      `${theft.name}, ${lifetimes.toFixed(1)} lifetimes`,
    )
  }

  #checkRecord(session: SessionTruth): void {
    const line = this.#lineOf(session)
    const record = this.#engine.record(session.id)
    const { last } = line
    line.last = record
    if (record === undefined || last === undefined) return
    const isRisen = record.issued >= last.issued && record.seen >= last.seen && record.floor >= last.floor
    this.#check(
      'a generation never falls',
      isRisen,
      session,
      `${JSON.stringify(last)} then ${JSON.stringify(record)}`,
    )
    const isRevived = last.valid === 0 && record.valid === 1
    this.#check('after a revocation was acknowledged, no request passes', !isRevived, session, 'revived')
  }

  /**
   * What was presented while fresh counts once it must have reached the database. Of siblings that were presented at
   * one time, either may be the first.
   */
  #promotePresented(session: SessionTruth): void {
    const line = this.#lineOf(session)
    if (line.presented.length === 0 || this.#engine.isWaiting(session.id)) return
    const firstUses = line.presented.filter((gen) => gen > line.head && descendsFrom(line, gen, line.head))
    const recorded = this.#engine.record(session.id)?.seen
    line.head = firstUses.find((gen) => gen === recorded) ?? firstUses[0] ?? line.head
    line.presented = []
  }

  #lineOf({ id }: SessionTruth): Line {
    let line = this.#lines.get(id)
    if (line === undefined) {
      line = {
        parents: new Map(),
        renewedAt: new Map(),
        head: 0,
        presented: [],
        answered: new Map(),
        last: undefined,
      }
      this.#lines.set(id, line)
    }
    return line
  }

  #check(invariant: InvariantName, holds: boolean, session: SessionTruth, detail: string): void {
    if (!holds) this.#fail(invariant, `session ${session.number}: ${detail}`)
  }

  #fail(invariant: InvariantName, detail: string): void {
    if (this.#ignored.has(invariant)) return
    this.violation ??= { invariant, detail }
  }
}

/** Whether a generation is another one or came about from it, renewal by renewal. */
function descendsFrom({ parents }: Pick<Line, 'parents'>, gen: number, ancestor: number): boolean {
  let place = gen
  while (place > ancestor) place = parents.get(place) ?? -1
  return place === ancestor
}
