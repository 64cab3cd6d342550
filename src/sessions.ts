import { Events } from './events.ts'
import { guardedStore } from './guarded-store.ts'
import { Logins, type Started } from './logins.ts'
import { type Decision, decide, isFresh, type Refuse, type Renew, type Situation } from './protocol/decide.ts'
import { type RefusalCode, SlidingSessionError } from './protocol/errors.ts'
import type { Policy } from './protocol/policy.ts'
import { type SessionInfo, toSessionInfo } from './protocol/session-info.ts'
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
import { readHostClaims } from './tokens/claims.ts'
import type { Keyring } from './tokens/keyring.ts'
import { signToken } from './tokens/sign.ts'
import { Verifier } from './tokens/verifier.ts'

/**
 * The host's word on a user, asked at login, at every renewal and on strict routes: the claims that tokens
 * carry (such as `role`), or null or undefined where the user is gone or disabled.
 */
export type LoadClaims = (userId: string) => MaybeClaims | Promise<MaybeClaims>

type MaybeClaims = Claims | null | undefined

/** What the engine is made of. */
export interface EngineParts {
  readonly store: SessionStore
  readonly keyring: Keyring
  readonly policy: Policy
  readonly loadClaims: LoadClaims
  readonly now: () => Timestamp
}

/** What a request presents: a token, or the finding that there is none. */
export type Credential = string | Presented

/** Who sent a request: `req.auth`. */
export interface Auth {
  readonly userId: string
  /** The session. */
  readonly jti: string
  /** The host's claims: as in the token, after a renewal and on strict routes as read just now. */
  readonly claims: Claims
  /** When the user logged in, in milliseconds since 1970. */
  readonly authTime: Timestamp
  /** Whether this very request renewed the session. */
  readonly renewed: boolean
}

/** What came of a request; `token` is present where the session was renewed. */
export type Outcome =
  | { readonly kind: 'pass'; readonly auth: Auth; readonly token: string | undefined }
  | { readonly kind: 'refuse'; readonly code: RefusalCode }

/** A renewal is tried anew when another request was faster; each time the record has moved on. */
const ATTEMPTS = 8

/** How long the record of an ended session is kept, so that its client is told why it ended. */
const KEPT_AFTER_END = 86_400_000

/** The engine: verify, find, decide, write, sign. It knows nothing of HTTP. */
export class Sessions {
  readonly policy: Policy
  readonly events = new Events()
  readonly #store: SessionStore
  readonly #keyring: Keyring
  readonly #verifier: Verifier
  readonly #loadClaims: LoadClaims
  readonly #now: () => Timestamp
  readonly #logins: Logins

  constructor({ store, keyring, policy, loadClaims, now }: EngineParts) {
    this.policy = policy
    this.#store = guardedStore(store, (error) => this.events.emit('store.failed', { at: now(), error }))
    this.#keyring = keyring
    this.#verifier = new Verifier(policy, keyring, policy.cacheSize)
    this.#loadClaims = loadClaims
    this.#now = now
    this.#logins = new Logins({
      store: this.#store,
      keyring,
      policy,
      events: this.events,
      claimsOf: (userId) => this.#claimsOf(userId),
      revoke: (jti, userId, reason) => this.#revoke({ jti }, userId, reason),
      now,
    })
  }

  /**
   * Judges a request. A fresh token whose session is in memory is answered at once, without a query and
   * without waiting, which is the common case; all else by a promise. `connection` is what the request came by.
   *
   * @throws SlidingSessionError `unavailable` where the store fails.
   */
  authenticate(
    credential: Credential,
    client: () => Client,
    strict = false,
    connection?: object,
  ): Outcome | Promise<Outcome> {
    const now = this.#now()
    const presented = this.#verify(credential, now)
    if (presented.kind !== 'verified') return { kind: 'refuse', code: `token_${presented.kind}` }
    const { token } = presented
    const record =
      strict || !isFresh(token, now, this.policy) ? undefined : this.#store.peek(token.jti, connection)
    if (record !== undefined) {
      const decision = decide({ presented, record, user: 'unasked', client, now }, this.policy)
      if (decision.kind === 'pass') return this.#pass(token, decision.firstUse)
    }
    return this.#resolve(token, readNow(client), strict)
  }

  /**
   * Begins a session. Where the request carries a token of a live session of the same user, that one ends.
   *
   * @throws SlidingSessionError `user_disabled` where the host says that the user is gone or disabled,
   * `unavailable` where the store fails.
   */
  async start(userId: string, credential: Credential, client: Client): Promise<Started> {
    const started = await this.#logins.start(userId, this.#verify(credential, this.#now()), client)
    this.#verifier.trust(started.token)
    return started
  }

  /** One session, valid or not; undefined where it is not recorded. */
  async find(jti: string): Promise<SessionInfo | undefined> {
    const record = await this.#store.find(jti)
    return record && toSessionInfo(record, this.#now(), this.policy)
  }

  /** The sessions of a user: valid ones first, then the latest renewal first; at most 1,000. */
  async list(userId: string): Promise<SessionInfo[]> {
    const records = await this.#store.list(userId)
    const now = this.#now()
    return records.map((record) => toSessionInfo(record, now, this.policy))
  }

  /** Revokes one session; answers whether it was valid until now. */
  async revoke(jti: string, reason: RevocationReason): Promise<boolean> {
    const record = await this.#store.find(jti)
    if (record === undefined) return false
    return (await this.#revoke({ jti }, record.userId, reason)) > 0
  }

  /** Revokes all sessions of a user, or all but one; answers with their number. */
  revokeAll(userId: string, reason: RevocationReason, except?: string): Promise<number> {
    return this.#revoke({ userId, except }, userId, reason)
  }

  /**
   * Deletes the records of sessions that ended at least `keptFor` milliseconds ago; answers with their
   * number. Without it, those that ended by now.
   */
  prune(keptFor = 0): Promise<number> {
    const now = this.#now()
    const before = now - keptFor
    const { maxAge, idleTimeout, tokenTtl, leeway } = this.policy
    return this.#store.prune(
      {
        createdAt: before - leeway - maxAge,
        updatedAt: before - leeway - Math.max(idleTimeout, tokenTtl),
        revokedAt: before,
      },
      now,
    )
  }

  /** Deletes what ended more than a day ago; what fails is tried again the next time. */
  async pruneInBackground(): Promise<void> {
    await this.prune(KEPT_AFTER_END).catch(() => undefined)
  }

  /** Whether the session was revoked, as far as memory tells. */
  isRevoked(jti: string): boolean {
    return this.#store.peek(jti)?.valid === false
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  #verify(credential: Credential, now: Timestamp): Presented {
    if (typeof credential !== 'string') return credential
    return this.#verifier.verify(credential, now)
  }

  /** The way of a request that has to wait: for the record, for the host's claims, for a commit. */
  async #resolve(token: VerifiedToken, client: () => Client, strict: boolean): Promise<Outcome> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const outcome = await this.#attempt(token, client, strict, attempt > 0)
      if (outcome !== undefined) return outcome
    }
    throw new SlidingSessionError('unavailable', 'Other requests renewed this session again and again.')
  }

  /** Find, decide, write, sign; undefined where another request renewed the session in between. */
  async #attempt(
    token: VerifiedToken,
    client: () => Client,
    strict: boolean,
    again: boolean,
  ): Promise<Outcome | undefined> {
    const now = this.#now()
    const renewal = strict || again ? undefined : this.#renewalFromMemory(token, client, now)
    const record = renewal ?? (await this.#findOrPass(token, strict, now))
    if (record === 'pass') return this.#pass(token, false)
    const asked = strict && record?.valid === true ? await this.#claimsOf(token.userId) : undefined
    const judge = (claims: Claims | null | undefined): Decision =>
      decide(
        { presented: { kind: 'verified', token }, record, user: userOf(claims), client, now },
        this.policy,
      )

    const decision = judge(asked)
    if (decision.kind === 'pass') {
      if (!isFresh(token, now, this.policy)) this.#tellGrace(token, now)
      return this.#pass(token, decision.firstUse, asked ?? token.claims)
    }
    if (decision.kind === 'refuse') return this.#refuse(decision, token, client)
    const claims = asked ?? (await this.#claimsOf(token.userId))
    if (claims === null) return this.#refuse(judge(null), token, client)
    return this.#renew(record as SessionRecord, decision, claims, client(), now)
  }

  /**
   * The record in memory, if it allows a renewal: as the write of a renewal is conditional, no more must be
   * known beforehand. On all else the database has the word.
   */
  #renewalFromMemory(token: VerifiedToken, client: () => Client, now: Timestamp): SessionRecord | undefined {
    const record = this.#store.peek(token.jti)
    if (record === undefined) return undefined
    const presented: Presented = { kind: 'verified', token }
    const decision = decide({ presented, record, user: 'unasked', client, now }, this.policy)
    return decision.kind === 'renew' ? record : undefined
  }

  /** The record, or `pass` where the database fails and the policy lets fresh tokens pass unchecked. */
  async #findOrPass(
    token: VerifiedToken,
    strict: boolean,
    now: Timestamp,
  ): Promise<SessionRecord | undefined | 'pass'> {
    try {
      return await this.#store.find(token.jti)
    } catch (error) {
      const mayPass =
        this.policy.onStoreFailure === 'pass-fresh' && !strict && isFresh(token, now, this.policy)
      if (mayPass) return 'pass'
      throw error
    }
  }

  #tellGrace({ userId, jti, gen }: VerifiedToken, now: Timestamp): void {
    this.events.emit('session.graced', { at: now, userId, jti, gen })
  }

  #pass(token: VerifiedToken, firstUse: boolean, claims = token.claims): Outcome {
    if (firstUse) this.#store.markSeen(token.jti, token.gen).catch(() => undefined)
    return { kind: 'pass', auth: authOf(token, claims, false), token: undefined }
  }

  async #refuse(decision: Decision, token: VerifiedToken, client: () => Client): Promise<Outcome> {
    const { code, revoke } = decision as Refuse
    const { userId, jti, gen } = token
    if (revoke !== undefined) {
      await this.#revoke(revoke.scope === 'user' ? { userId } : { jti }, userId, revoke.reason)
    }
    const { ip, userAgent } = client()
    const event = { at: this.#now(), userId, jti }
    if (code === 'token_reused') this.events.emit('session.reused', { ...event, gen, ip, userAgent })
    this.events.emit('session.refused', { ...event, code, ip })
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
    const token = signToken(renewed, claims, now, this.policy, this.#keyring)
    const isWritten = await this.#store.renew({ jti, expected: record, lineage, at: now, client })
    if (!isWritten) return undefined
    this.#verifier.trust(token)
    this.events.emit('session.renewed', { at: now, userId, jti, gen: lineage.issued })
    if (client.ip !== lastIp) {
      this.events.emit('session.moved', { at: now, userId, jti, from: lastIp, to: client.ip })
    }
    return { kind: 'pass', auth: { userId, jti, claims, authTime: createdAt, renewed: true }, token }
  }

  async #revoke(target: RevocationTarget, userId: string, reason: RevocationReason): Promise<number> {
    const at = this.#now()
    const count = await this.#store.revoke(target, reason, at)
    const jti = 'jti' in target ? target.jti : undefined
    if (count > 0) this.events.emit('session.revoked', { at, userId, jti, count, reason })
    return count
  }

  async #claimsOf(userId: string): Promise<Claims | null> {
    return readHostClaims(await this.#loadClaims(userId))
  }
}

/** A client is read before anything is waited for: one that hangs up meanwhile has no address any more. */
function readNow(client: () => Client): () => Client {
  const read = client()
  return () => read
}

/** What the host's answer says of the user; undefined where it was not asked. */
function userOf(claims: Claims | null | undefined): Situation['user'] {
  if (claims === undefined) return 'unasked'
  return claims === null ? 'gone' : 'active'
}

function authOf({ userId, jti, authTime }: VerifiedToken, claims: Claims, renewed: boolean): Auth {
  return { userId, jti, claims, authTime, renewed }
}
