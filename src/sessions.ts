import { Events } from './events.ts'
import { guardedStore } from './guarded-store.ts'
import { Logins, type Started } from './logins.ts'
import { type Credential, type Outcome, passOf } from './outcome.ts'
import { activeSince, decide, isFresh } from './protocol/decide.ts'
import type { Policy } from './protocol/policy.ts'
import { type SessionInfo, toSessionInfo } from './protocol/session-info.ts'
import type {
  Claims,
  Client,
  Presented,
  RevocationReason,
  Timestamp,
  VerifiedToken,
} from './protocol/types.ts'
import { Renewals } from './renewals.ts'
import type { OnProgress, RevocationTarget, SessionStore } from './stores/store.ts'
import { readHostClaims } from './tokens/claims.ts'
import { keyringOfJwks, type SigningJwks } from './tokens/jwks.ts'
import { type Keyring, ReplaceableKeyring } from './tokens/keyring.ts'
import { type PublicJwks, publicJwksOf } from './tokens/public-jwks.ts'
import { Verifier } from './tokens/verifier.ts'
import { verifyToken } from './tokens/verify.ts'

export type { SigningJwks }

/**
 * The host's word on a user, asked at login, at every renewal and on strict routes: the claims that tokens
 * carry (such as `role`), or null or undefined where the user is gone or disabled. Its claims become JSON, under any
 * name but `iss`, `aud`, `sub`, `jti`, `gen`, `iat`, `exp`, `nbf` and `auth_time`, and a token with them has at most
 * 8,192 characters; what is beyond that is a ConfigurationError of the request. What it throws, the request fails with:
 * no session begins, and none is renewed, ended or lost. (An early renewal just does not happen.)
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
  /** Audiences of the resource servers that take the tokens, too. Default: none. */
  readonly audiences?: readonly string[]
}

/** How long the record of an ended session is kept, so that its client is told why it ended. */
const KEPT_AFTER_END_MS = 86_400_000

/** The engine: verify, find, decide, sign, write. It knows nothing of HTTP. */
export class Sessions {
  readonly policy: Policy
  readonly events = new Events()
  readonly #store: SessionStore
  readonly #keyring: ReplaceableKeyring
  readonly #verifier: Verifier
  readonly #loadClaims: LoadClaims
  readonly #now: () => Timestamp
  readonly #logins: Logins
  readonly #renewals: Renewals
  #isClosed = false

  constructor({ store, keyring, policy, loadClaims, now, audiences = [] }: EngineParts) {
    this.policy = policy
    this.#store = guardedStore(store, (error) => this.#tellFailure(error))
    this.#keyring = new ReplaceableKeyring(keyring)
    this.#verifier = new Verifier(policy, this.#keyring, policy.cacheSize)
    this.#loadClaims = loadClaims
    this.#now = now
    const parts = {
      store: this.#store,
      keyring: this.#keyring,
      policy,
      audiences,
      events: this.events,
      claimsOf: (userId: string) => this.#claimsOf(userId),
      now,
    }
    this.#logins = new Logins({
      ...parts,
      revoke: (jti, userId, reason) => this.#revoke({ jti }, userId, reason),
    })
    this.#renewals = new Renewals({
      ...parts,
      pass: (token, firstUse, claims) => this.#pass(token, firstUse, claims),
      revoke: (target, userId, reason, ip) => this.#revoke(target, userId, reason, ip),
      trust: (token, signedWith) => this.#trust(token, signedWith),
    })
  }

  /**
   * Judges a request. A fresh token whose session is in memory is answered at once, without a query and
   * without waiting, which is the common case; all else by a promise. `socket` is what the request came by.
   *
   * @throws SlidingSessionError `unavailable` where the store fails.
   */
  authenticate(
    credential: Credential,
    client: () => Client,
    strict = false,
    socket?: object,
  ): Outcome | Promise<Outcome> {
    const now = this.#now()
    const presented = this.#verify(credential, now)
    if (presented.kind !== 'verified') return { kind: 'refuse', code: `token_${presented.kind}` }
    const { token } = presented
    const mayPass = !strict && isFresh(token, now, this.policy)
    const record = strict ? undefined : this.#store.peek(token.jti, socket)
    if (record === undefined) return this.#renewals.resolve(token, client(), strict)
    const sender = mayPass ? client : readOnce(client)
    const decision = decide({ presented, record, user: 'unasked', client: sender, now }, this.policy)
    if (mayPass && decision.kind === 'pass') return this.#pass(token, decision.firstUse)
    return this.#renewals.resolve(token, sender(), strict, { record, decision, now })
  }

  /**
   * The same for a resource server that asks on behalf of a client: only for tokens that are for its audience, too.
   *
   * @throws SlidingSessionError `unavailable` where the store fails.
   */
  async authenticateFor(audience: string, token: string, client: Client, strict: boolean): Promise<Outcome> {
    const presented = verifyToken(token, this.#now(), { ...this.policy, audience }, this.#keyring)
    if (presented.kind !== 'verified') return { kind: 'refuse', code: `token_${presented.kind}` }
    return this.authenticate(token, () => client, strict)
  }

  /**
   * Begins a session. Where the request carries a token of a live session of the same user, that one ends.
   *
   * @throws SlidingSessionError `user_disabled` where the host says that the user is gone or disabled,
   * `unavailable` where the store fails.
   */
  async start(userId: string, credential: Credential, client: Client): Promise<Started> {
    const keys = this.#keyring.current
    const started = await this.#logins.start(userId, this.#verify(credential, this.#now()), client)
    this.#trust(started.token, keys)
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

  /** Revokes one session; answers whether it had not been revoked before. */
  async revoke(jti: string, reason: RevocationReason): Promise<boolean> {
    const record = await this.#store.find(jti)
    if (record === undefined) return false
    return (await this.#revoke({ jti: record.jti }, record.userId, reason)) > 0
  }

  /**
   * Revokes all sessions of a user, or all but one; answers with the number of those that had not been revoked
   * before, some of which may have ended by themselves.
   */
  revokeAll(userId: string, reason: RevocationReason, except?: string): Promise<number> {
    return this.#revoke({ userId, except }, userId, reason)
  }

  /**
   * Deletes the records of sessions that ended at least `keptFor` milliseconds ago; answers with their
   * number. Without it, those that ended by now.
   */
  prune(keptFor = 0, onProgress?: OnProgress): Promise<number> {
    const now = this.#now()
    const before = now - keptFor
    const active = activeSince(this.policy, before - this.policy.leeway)
    return this.#store.prune({ ...active, revokedAt: before }, now, onProgress)
  }

  /** Deletes what ended more than a day ago; what fails is tried again the next time. */
  async pruneInBackground(): Promise<void> {
    await this.prune(KEPT_AFTER_END_MS).catch(() => undefined)
  }

  /** Whether the session was revoked by now, as far as memory tells. */
  isRevoked(jti: string): boolean {
    return this.#store.peek(jti)?.valid === false
  }

  /**
   * Puts other keys in the place of all before, unless `refuse` throws. Tokens of a key that is gone are refused
   * from now on.
   *
   * @throws ConfigurationError where it is no JWK Set of keys that sign; then nothing is changed.
   */
  useKeys(jwks: SigningJwks, refuse: (keyring: Keyring) => void): void {
    const keyring = keyringOfJwks(jwks)
    refuse(keyring)
    this.#keyring.replace(keyring)
    this.#verifier.forget()
  }

  /** The public keys, for those who verify elsewhere. */
  publicKeys(): PublicJwks {
    return publicJwksOf(this.#keyring)
  }

  close(): Promise<void> {
    this.#isClosed = true
    return this.#store.close()
  }

  /** What a close cuts off, such as a long pruning, is no failure of the database. */
  #tellFailure(error: unknown): void {
    if (!this.#isClosed) this.events.emit('store.failed', { at: this.#now(), error })
  }

  #verify(credential: Credential, now: Timestamp): Presented {
    if (typeof credential !== 'string') return credential
    return this.#verifier.verify(credential, now)
  }

  /** Remembers a token as right, unless its key may be gone since it was signed. */
  #trust(token: string, signedWith: Keyring): void {
    if (this.#keyring.current === signedWith) this.#verifier.trust(token)
  }

  #pass(token: VerifiedToken, firstUse: boolean, claims = token.claims): Outcome {
    if (firstUse) this.#store.markSeen(token.jti, token.gen).catch(() => undefined)
    return passOf(token, claims)
  }

  async #revoke(
    target: RevocationTarget,
    userId: string,
    reason: RevocationReason,
    ip?: string,
  ): Promise<number> {
    const at = this.#now()
    const count = await this.#store.revoke(target, reason, at)
    const jti = 'jti' in target ? target.jti : undefined
    if (count > 0) this.events.emit('session.revoked', { at, userId, jti, count, reason, ip })
    return count
  }

  async #claimsOf(userId: string): Promise<Claims | null> {
    return readHostClaims(await this.#loadClaims(userId))
  }
}

/** Where a client is asked for more than once. */
function readOnce(client: () => Client): () => Client {
  const read = client()
  return () => read
}
