import type { Events } from './events.ts'
import type { Outcome } from './outcome.ts'
import { type Decision, decide, isFresh, type Refuse, type Renew, type Situation } from './protocol/decide.ts'
import { SlidingSessionError } from './protocol/errors.ts'
import type { Policy } from './protocol/policy.ts'
import type {
  Claims,
  Client,
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

/** What memory knows of a session, and what follows from it alone. */
interface Remembered {
  readonly record: SessionRecord
  readonly decision: Decision | undefined
}

interface RenewalParts {
  readonly store: SessionStore
  readonly keyring: ReplaceableKeyring
  readonly policy: Policy
  readonly resources: readonly string[]
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
   * `strict` asks the database and the host in any case.
   */
  async resolve(
    token: VerifiedToken,
    client: () => Client,
    strict: boolean,
    remembered: Remembered | undefined,
  ): Promise<Outcome> {
    const mayPassUnchecked = remembered?.record.valid !== false && this.#mayPassUnchecked(token, strict)
    let renewable = remembered?.decision?.kind === 'renew' ? remembered.record : undefined
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const outcome = await this.#attempt(token, client, strict, renewable, mayPassUnchecked)
      if (outcome !== undefined) return outcome
      renewable = undefined
    }
    throw new SlidingSessionError('unavailable', 'Other requests renewed this session again and again.')
  }

  /** Find, decide, write, sign; undefined where another request renewed the session in between. */
  async #attempt(
    token: VerifiedToken,
    client: () => Client,
    strict: boolean,
    renewable: SessionRecord | undefined,
    mayPassUnchecked: boolean,
  ): Promise<Outcome | undefined> {
    const now = this.#parts.now()
    const record = renewable ?? (await this.#findOrPass(token, mayPassUnchecked))
    if (record === 'pass') return this.#parts.pass(token, false)
    const asked = strict && record?.valid === true ? await this.#parts.claimsOf(token.userId) : undefined
    const judge = (claims: Claims | null | undefined): Decision =>
      decide(
        { presented: { kind: 'verified', token }, record, user: userOf(claims), client, now },
        this.#parts.policy,
      )

    const decision = judge(asked)
    if (decision.kind === 'pass') {
      if (!isFresh(token, now, this.#parts.policy)) this.#tellGrace(token, now)
      return this.#parts.pass(token, decision.firstUse, asked ?? token.claims)
    }
    if (decision.kind === 'refuse' || record === undefined) return this.#refuse(decision, token, client)
    const renew = async (): Promise<Outcome | undefined> => {
      const claims = asked ?? (await this.#parts.claimsOf(token.userId))
      if (claims === null) return this.#refuse(judge(null), token, client)
      return this.#renew(record, decision, claims, client(), now)
    }
    if (!isFresh(token, now, this.#parts.policy)) return renew()
    // An early renewal is a courtesy: without it the token passes, and the failure shows when it has expired.
    return renew().catch(() => this.#parts.pass(token, token.gen > record.floor, asked ?? token.claims))
  }

  /** Whether the policy lets this token pass where the database fails. */
  #mayPassUnchecked(token: VerifiedToken, strict: boolean): boolean {
    const { now, policy } = this.#parts
    return policy.onStoreFailure === 'pass-fresh' && !strict && isFresh(token, now(), policy)
  }

  async #findOrPass(
    token: VerifiedToken,
    mayPassUnchecked: boolean,
  ): Promise<SessionRecord | undefined | 'pass'> {
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

  async #refuse(decision: Decision, token: VerifiedToken, client: () => Client): Promise<Outcome> {
    const { code, revoke } = decision as Refuse
    const { userId, jti, gen } = token
    const { ip, userAgent } = client()
    if (revoke !== undefined) {
      await this.#parts.revoke(revoke.scope === 'user' ? { userId } : { jti }, userId, revoke.reason, ip)
    }
    const event = { at: this.#parts.now(), userId, jti }
    if (code === 'token_reused') this.#parts.events.emit('session.reused', { ...event, gen, ip, userAgent })
    this.#parts.events.emit('session.refused', { ...event, code, ip })
    return { kind: 'refuse', code }
  }

  /** One conditional write; undefined where somebody was faster. The token is signed before it is paid for. */
  async #renew(
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
    const token = signToken(renewed, claims, now, this.#parts.policy, keys, this.#parts.resources)
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
