import { randomBytes } from 'node:crypto'
import type { Events } from './events.ts'
import { SlidingSessionError } from './protocol/errors.ts'
import type { Policy } from './protocol/policy.ts'
import { type SessionInfo, toSessionInfo } from './protocol/session-info.ts'
import {
  type Claims,
  type Client,
  FIRST_LINEAGE,
  type Presented,
  type RevocationReason,
  type SessionRecord,
  type Timestamp,
} from './protocol/types.ts'
import type { SessionStore } from './stores/store.ts'
import type { Keyring } from './tokens/keyring.ts'
import { signToken } from './tokens/sign.ts'

/** A session that has just begun, with its first token. */
export interface Started {
  /** The first token, of generation 0. Through `sessions.start` it goes out in `X-JWT` by itself. */
  readonly token: string
  /** The session as the device list has it. */
  readonly session: SessionInfo
}

interface LoginParts {
  readonly store: SessionStore
  readonly keyring: Keyring
  readonly policy: Policy
  readonly audiences: readonly string[]
  readonly events: Events
  readonly claimsOf: (userId: string) => Promise<Claims | null>
  readonly revoke: (jti: string, userId: string, reason: RevocationReason) => Promise<number>
  readonly now: () => Timestamp
}

/** How sessions begin. */
export class Logins {
  readonly #parts: LoginParts

  constructor(parts: LoginParts) {
    this.#parts = parts
  }

  /** Begins a session; `presented` is what the request of the login carried. */
  async start(userId: string, presented: Presented, client: Client): Promise<Started> {
    if (typeof userId !== 'string' || userId === '') throw new TypeError('A user id is a non-empty string.')
    const { store, events, policy, now } = this.#parts
    const record = newRecord(userId, client, now())
    await store.create(record)
    const token = await this.#firstToken(record)
    events.emit('session.started', { at: record.createdAt, userId, jti: record.jti, ...client })
    try {
      await this.#endReplaced(userId, presented)
      await this.#keepLimit(record)
    } catch (error) {
      // Nobody gets the token.
      await this.#parts.revoke(record.jti, userId, 'revoked').catch(() => undefined)
      throw error
    }
    return { token, session: toSessionInfo(record, now(), policy) }
  }

  /**
   * The host is asked when the record is already there: whoever disables a user after that finds and revokes
   * it, so that no login slips through between. Where there is no token, the record is good for nothing.
   */
  async #firstToken(record: SessionRecord): Promise<string> {
    const { store, policy, keyring, audiences, claimsOf, now } = this.#parts
    try {
      const claims = await claimsOf(record.userId)
      if (claims === null) throw new SlidingSessionError('user_disabled')
      return signToken(record, claims, record.createdAt, policy, keyring, audiences)
    } catch (error) {
      const isDisabled = error instanceof SlidingSessionError && error.code === 'user_disabled'
      await store.revoke({ jti: record.jti }, isDisabled ? 'user_disabled' : 'revoked', now())
      throw error
    }
  }

  /** A login that carries a live token of the same user ends that session (ASVS 7.2.4). */
  async #endReplaced(userId: string, presented: Presented): Promise<void> {
    if (presented.kind !== 'verified' || presented.token.userId !== userId) return
    await this.#parts.revoke(presented.token.jti, userId, 'replaced')
  }

  /**
   * Revokes a user's oldest sessions beyond the limit, never the one that has just begun. One that began later
   * is left alone, although it counts: of two logins that overlap, each would end the other.
   */
  async #keepLimit({ userId, jti: newest, createdAt }: SessionRecord): Promise<void> {
    const { store, policy, revoke, now } = this.#parts
    if (policy.maxSessionsPerUser === 0) return
    const tooMany = (await store.list(userId))
      .filter((record) => toSessionInfo(record, now(), policy).valid && record.jti !== newest)
      .sort((a, b) => b.createdAt - a.createdAt)
      .slice(policy.maxSessionsPerUser - 1)
      .filter((record) => record.createdAt <= createdAt)
    for (const { jti } of tooMany) await revoke(jti, userId, 'limit')
  }
}

function newRecord(userId: string, { ip, userAgent }: Client, now: Timestamp): SessionRecord {
  return {
    ...FIRST_LINEAGE,
    jti: randomBytes(16).toString('base64url'),
    userId,
    ip,
    userAgent,
    valid: true,
    createdAt: now,
    updatedAt: now,
    lastIp: ip,
    lastUserAgent: userAgent,
    revokedAt: null,
    revokedReason: null,
  }
}
