import type { RevocationReason } from '../../src/protocol/types.ts'
import type { RecordState } from './designs/design.ts'
import type { Device } from './device.ts'
import type { Sent } from './exchange.ts'
import { type Agent, mustAccept } from './fingerprint.ts'
import type { Rules } from './settings.ts'
import { close, closeByReuse, ownerPresented, parted, presented, type Theft } from './theft.ts'
import type { Timeline } from './timeline.ts'
import type { Token } from './token.ts'

export interface UserTruth {
  readonly name: string
  role: string
  isBanned: boolean
  wasBanned: boolean
  /** Revocations of all sessions that were asked for and not answered yet: sessions that begin meanwhile may end, too. */
  revocations: number
  /** The tick of the last change of role or ban. */
  changed: number
}

/** A time, and what came before and after it within the same millisecond. */
export interface Moment {
  readonly at: number
  readonly tick: number
}

export interface SessionTruth {
  readonly id: string
  readonly number: number
  readonly user: UserTruth
  readonly device: Device
  /** What the client was at login. */
  readonly reference: Agent
  readonly createdAt: number
  readonly tokenTtl: number
  readonly thefts: Theft[]
  /** The login or the last renewal. */
  updatedAt: number
  end: { readonly reason: RevocationReason; acknowledged: Moment | undefined } | undefined
  /** Somebody asked for a revocation, although it may be lost since. */
  wasAsked: boolean
  /** A login carried a token of this session, so that it may be replaced. */
  mayBeReplaced: boolean
  /** Its record is missing in a restored copy of the database. */
  isLost: boolean
  lostAt: number
  /** Its record went back to an older state with a restored copy. */
  wentBack: boolean
  /** When it last did. */
  wentBackAt: number
  /** The owner's time at work until the last request, see `workOf`. */
  work: number
  ownerAt: number
}

/** Why the owner of a session may be refused. */
export type Excuse =
  | 'ended'
  | 'banned'
  | 'too old'
  | 'idle'
  | 'fingerprint'
  | 'lost'
  | 'failed over'
  | 'stolen'
  | 'exception'

/** What is true in a world, known without asking the engine. */
export class Truth {
  readonly sessions = new Map<string, SessionTruth>()
  readonly thefts: Theft[] = []
  readonly #rules: Rules
  readonly #timeline: Timeline
  readonly #users = new Map<string, UserTruth>()

  constructor(rules: Rules, timeline: Timeline) {
    this.#rules = rules
    this.#timeline = timeline
  }

  user(name: string): UserTruth {
    let user = this.#users.get(name)
    if (user === undefined) {
      user = { name, role: 'role-0', isBanned: false, wasBanned: false, revocations: 0, changed: 0 }
      this.#users.set(name, user)
    }
    return user
  }

  changeUser(name: string, change: Partial<Pick<UserTruth, 'role' | 'isBanned'>>): void {
    const user = this.user(name)
    Object.assign(user, change, { changed: this.#timeline.tick })
    user.wasBanned ||= user.isBanned
  }

  sessionsOf(user: string): SessionTruth[] {
    return [...this.sessions.values()].filter((session) => session.user.name === user)
  }

  /** A login was answered by the server, whether or not the answer arrives. */
  begun(token: Token, { device, agent, message }: Sent): SessionTruth {
    const { now } = this.#timeline
    const session: SessionTruth = {
      id: token.session,
      number: this.sessions.size + 1,
      user: this.user(message.user),
      device,
      reference: agent,
      createdAt: token.authTime,
      updatedAt: token.authTime,
      tokenTtl: this.#rules.tokenTtl,
      thefts: [],
      end: undefined,
      wasAsked: false,
      mayBeReplaced: false,
      isLost: false,
      lostAt: Number.POSITIVE_INFINITY,
      wentBack: false,
      wentBackAt: Number.NEGATIVE_INFINITY,
      work: 0,
      ownerAt: now,
    }
    this.sessions.set(token.session, session)
    return session
  }

  /** A request has reached the server. */
  arrived({ message, theft }: Sent): void {
    const { now } = this.#timeline
    const session = this.sessions.get(message.token?.session ?? '')
    if (session === undefined) return
    if (message.kind === 'login') session.mayBeReplaced = true
    else if (theft !== undefined) presented(theft, now)
    else ownerPresented(session, now)
  }

  renewed(session: SessionTruth, at: number): void {
    session.updatedAt = at
    for (const theft of session.thefts) parted(theft, this.#timeline.now)
  }

  /** Somebody asks for a revocation: from now on the session may be refused. */
  revocationAsked(sessions: readonly SessionTruth[], reason: RevocationReason): void {
    for (const session of sessions) {
      session.end ??= { reason, acknowledged: undefined }
      session.wasAsked = true
    }
  }

  /** The revocation was answered: from now on the session must be refused. */
  revocationAcknowledged(sessions: readonly SessionTruth[]): void {
    for (const session of sessions) {
      if (session.end === undefined) continue
      session.end.acknowledged ??= { at: this.#timeline.now, tick: this.#timeline.tick }
      for (const theft of session.thefts) {
        if (session.end.reason === 'reuse') closeByReuse(theft, this.#timeline.now)
        else close(theft, 'ended', this.#timeline.now)
      }
    }
  }

  /** The process died: a revocation that was asked for may never have reached the database. */
  crashed(read: (session: string) => RecordState | undefined): void {
    for (const session of this.sessions.values()) {
      const isPending = session.end !== undefined && session.end.acknowledged === undefined
      if (isPending && read(session.id)?.valid === 1) session.end = undefined
    }
  }

  /** An older copy of the database took the place of the present one. */
  restored(
    before: ReadonlyMap<string, RecordState | undefined>,
    read: (session: string) => RecordState | undefined,
  ): void {
    for (const session of this.sessions.values()) {
      const [then, now] = [before.get(session.id), read(session.id)]
      if (now === undefined) {
        if (then !== undefined) this.lost(session)
        continue
      }
      if (JSON.stringify(then) !== JSON.stringify(now)) {
        session.wentBack = true
        session.wentBackAt = this.#timeline.now
      }
      session.updatedAt = now.updatedAt
      if (now.valid === 1) session.end = undefined
    }
  }

  /** The database knows nothing of a session any more. */
  lost(session: SessionTruth): void {
    session.isLost = true
    session.lostAt = Math.min(session.lostAt, this.#timeline.now)
  }

  /** Every reason for which this request of the owner may be refused now. */
  excuses(session: SessionTruth, { agent, arrivedTick }: Sent): Set<Excuse> {
    const { now } = this.#timeline
    const { maxAge, idleTimeout, fingerprint } = this.#rules
    const { user, device, thefts, end } = session
    const excuses: readonly (readonly [boolean, Excuse])[] = [
      [end !== undefined && end.reason !== 'reuse', 'ended'],
      [user.isBanned || (user.wasBanned && user.changed >= arrivedTick), 'banned'],
      [now >= session.createdAt + maxAge, 'too old'],
      [now >= session.updatedAt + idleTimeout, 'idle'],
      [!mustAccept(fingerprint, session.reference, agent), 'fingerprint'],
      [session.isLost, 'lost'],
      [this.#isTakenForReuse(session), 'failed over'],
      [thefts.some(({ canRenew, firstUse }) => canRenew && firstUse !== undefined), 'stolen'],
      [device.exception !== undefined, 'exception'],
    ]
    return new Set(excuses.filter(([holds]) => holds).map(([, excuse]) => excuse))
  }

  /**
   * A renewal was lost with a fail-over, and with it the grace of the token before: a request that is still under way
   * with that one looks like reuse.
   */
  #isTakenForReuse({ end, wentBackAt }: SessionTruth): boolean {
    const at = end?.reason === 'reuse' ? (end.acknowledged?.at ?? this.#timeline.now) : this.#timeline.now
    return at < wentBackAt + this.#rules.grace
  }
}
