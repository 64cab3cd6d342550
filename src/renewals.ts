import type { Events } from './events.ts'
import type { Outcome } from './outcome.ts'
import { type Decision, decide, isFresh, type Refuse, type Renew, type Situation } from './protocol/decide.ts'
import { SlidingSessionError } from './protocol/errors.ts'
import type { Policy } from './protocol/policy.ts'
import type {
  Claims,
  Client,
  Presented,
  RevocationReason,
  SessionRecord,
  Timestamp,
  VerifiedToken,
} from './protocol/types.ts'
import type { RevocationTarget, SessionStore } from './stores/store.ts'
import type { Keyring, ReplaceableKeyring } from './tokens/keyring.ts'
import { signToken } from './tokens/sign.ts'

/**
 * A renewal is tried anew when another request was faster, so each attempt that fails is another one's success:
 * this many fail only with a store that never writes.
 */
const ATTEMPTS = 1_000

/** What memory knows of a session, and what followed from it alone. */
interface Remembered {
  readonly record: SessionRecord
  readonly decision: Decision
  readonly now: Timestamp
}

/** A request that has to wait. Its client is read before: one that hangs up meanwhile has no address any more. */
interface Waiting {
  readonly token: VerifiedToken
  readonly client: Client
  /** Whether the database and the host are asked in any case. */
  readonly strict: boolean
  /** Whether the token passes where the database fails. */
  readonly mayPassUnchecked: boolean
}

interface RenewalParts {
  readonly store: SessionStore
  readonly keyring: ReplaceableKeyring
  readonly policy: Policy
  readonly audiences: readonly string[]
  readonly events: Events
  readonly claimsOf: (userId: string) => Promise<Claims | null>
  readonly pass: (token: VerifiedToken, firstUse: boolean, claims?: Claims) => Outcome
  readonly revoke: (
    target: RevocationTarget,
    userId: string,
    reason: RevocationReason,
    ip: string,
  ) => Promise<number>
  /** Remembers a token that was signed with these keys just now. */
  readonly trust: (token: string, signedWith: Keyring) => void
  readonly now: () => Timestamp
}

/** The way of a request that has to wait: for the record, for the host's claims, for a commit. */
export class Renewals {
  readonly #parts: RenewalParts

  constructor(parts: RenewalParts) {
    this.#parts = parts
  }

  /**
   * Judges a token, and renews its session where that is due. Memory serves for what it allows to renew: as the
   * write of a renewal is conditional, no more must be known beforehand. On all else the database has the word.
   */
  async resolve(
    token: VerifiedToken,
    client: Client,
    strict: boolean,
    remembered?: Remembered,
  ): Promise<Outcome> {
    const { policy, now } = this.#parts
    const mayPassUnchecked =
      policy.onStoreFailure === 'pass-fresh' &&
      remembered?.record.valid !== false &&
      !strict &&
      isFresh(token, now(), policy)
    const waiting: Waiting = { token, client, strict, mayPassUnchecked }
    let outcome =
      remembered?.decision.kind === 'renew'
        ? await this.#renew(waiting, remembered.record, remembered.decision, remembered.now)
        : undefined
    for (let attempt = 0; outcome === undefined && attempt < ATTEMPTS; attempt += 1) {
      outcome = await this.#attempt(waiting)
    }
    if (outcome !== undefined) return outcome
    throw new SlidingSessionError('unavailable', 'Other requests renewed this session again and again.')
  }

  /** Find, decide, sign, write; undefined where another request renewed the session in between. */
  async #attempt(waiting: Waiting): Promise<Outcome | undefined> {
    const { token, strict } = waiting
    const now = this.#parts.now()
    const record = await this.#findOrPass(waiting)
    if (record === 'pass') return this.#parts.pass(token, false)
    const asked = strict && record?.valid === true ? await this.#parts.claimsOf(token.userId) : undefined
    const decision = this.#decide(waiting, record, userOf(asked), now)
    if (decision.kind === 'pass') {
      if (!isFresh(token, now, this.#parts.policy)) this.#tellGrace(token, now)
      return this.#parts.pass(token, decision.firstUse, asked ?? token.claims)
    }
    if (decision.kind === 'refuse' || record === undefined) return this.#refuse(decision, waiting)
    return this.#renew(waiting, record, decision, now, asked ?? undefined)
  }

  #decide(
    { token, client }: Waiting,
    record: SessionRecord | undefined,
    user: Situation['user'],
    now: Timestamp,
  ): Decision {
    const presented: Presented = { kind: 'verified', token }
    return decide({ presented, record, user, client: () => client, now }, this.#parts.policy)
  }

  async #findOrPass({ token, mayPassUnchecked }: Waiting): Promise<SessionRecord | undefined | 'pass'> {
    try {
      return await this.#parts.store.find(token.jti)
    } catch (error) {
      if (mayPassUnchecked) return 'pass'
      throw error
    }
  }

  #tellGrace({ userId, jti, gen }: VerifiedToken, now: Timestamp): void {
    this.#parts.events.emit('session.graced', { at: now, userId, jti, gen })
  }

  async #refuse(decision: Decision, { token, client }: Waiting): Promise<Outcome> {
    const { code, revoke } = decision as Refuse
    const { userId, jti, gen } = token
    const { ip, userAgent } = client
    if (revoke !== undefined) {
      await this.#parts.revoke(revoke.scope === 'user' ? { userId } : { jti }, userId, revoke.reason, ip)
    }
    const event = { at: this.#parts.now(), userId, jti }
    if (code === 'token_reused') this.#parts.events.emit('session.reused', { ...event, gen, ip, userAgent })
    this.#parts.events.emit('session.refused', { ...event, code, ip })
    return { kind: 'refuse', code }
  }

  /**
   * An early renewal is a courtesy: where it fails, the token passes, and the failure shows when it has expired. But
   * a user who is gone is refused.
   */
  async #renew(
    waiting: Waiting,
    record: SessionRecord,
    decision: Renew,
    now: Timestamp,
    asked?: Claims,
  ): Promise<Outcome | undefined> {
    const { token } = waiting
    let outcome: Outcome | undefined | 'gone'
    try {
      const claims = asked ?? (await this.#parts.claimsOf(token.userId))
      outcome = claims === null ? 'gone' : await this.#write(record, decision, claims, waiting.client, now)
    } catch (error) {
      if (!isFresh(token, now, this.#parts.policy)) throw error
      return this.#parts.pass(token, token.gen > record.floor, asked ?? token.claims)
    }
    return outcome === 'gone' ? this.#refuse(this.#decide(waiting, record, 'gone', now), waiting) : outcome
  }

  /** One conditional write; undefined where somebody was faster. The token is signed before it is paid for. */
  async #write(
    record: SessionRecord,
    { lineage }: Renew,
    claims: Claims,
    client: Client,
    now: Timestamp,
  ): Promise<Outcome | undefined> {
    const { jti, userId, createdAt, lastIp } = record
    const renewed: SessionRecord = {
      ...record,
      ...lineage,
      updatedAt: now,
      lastIp: client.ip,
      lastUserAgent: client.userAgent,
    }
    const keys = this.#parts.keyring.current
    const token = signToken(renewed, claims, now, this.#parts.policy, keys, this.#parts.audiences)
    const isWritten = await this.#parts.store.renew({ jti, expected: record, lineage, at: now, client })
    if (!isWritten) return undefined
    this.#parts.trust(token, keys)
    this.#parts.events.emit('session.renewed', { at: now, userId, jti, gen: lineage.issued })
    if (client.ip !== lastIp) {
      this.#parts.events.emit('session.moved', { at: now, userId, jti, from: lastIp, to: client.ip })
    }
    return { kind: 'pass', auth: { userId, jti, claims, authTime: createdAt, renewed: true }, token }
  }
}

/** What the host's answer says of the user; undefined where it was not asked. */
function userOf(claims: Claims | null | undefined): Situation['user'] {
  if (claims === undefined) return 'unasked'
  return claims === null ? 'gone' : 'active'
}
