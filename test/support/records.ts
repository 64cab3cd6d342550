import { randomBytes } from 'node:crypto'
import type { Situation } from '../../src/protocol/decide.ts'
import { type Policy, type PolicyOptions, readPolicy } from '../../src/protocol/policy.ts'
import {
  type Client,
  FIRST_LINEAGE,
  type SessionRecord,
  type Timestamp,
  type VerifiedToken,
} from '../../src/protocol/types.ts'
import { CHROME } from './user-agents.ts'

export const SECOND = 1_000
export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY = 86_400_000

/** When every session of these tests begins. */
export const T0: Timestamp = 1_800_000_000_000

export const CLIENT: Client = Object.freeze({ ip: '192.0.2.10', userAgent: CHROME })

/** A key as the engine makes them. */
export function newJti(): string {
  return randomBytes(16).toString('base64url')
}

/** A session that has just begun, with what a test changes. */
export function recordOf(changes: Partial<SessionRecord> = {}): SessionRecord {
  const { ip, userAgent } = { ...CLIENT, ...changes }
  return {
    ...FIRST_LINEAGE,
    jti: newJti(),
    userId: 'ada',
    ip,
    userAgent,
    valid: true,
    createdAt: T0,
    updatedAt: T0,
    lastIp: ip,
    lastUserAgent: userAgent,
    revokedAt: null,
    revokedReason: null,
    ...changes,
  }
}

/** A verified token of generation 0, fresh for the 15 minutes from `T0`. */
export function tokenOf(changes: Partial<VerifiedToken> = {}): VerifiedToken {
  return {
    jti: 'AAAAAAAAAAAAAAAAAAAAAA',
    userId: 'ada',
    gen: 0,
    issuedAt: T0,
    expiresAt: T0 + 15 * MINUTE,
    authTime: T0,
    claims: {},
    ...changes,
  }
}

/** The request of an honest client one minute after login, with what a test changes. */
export function situationOf(changes: Partial<Situation> = {}): Situation {
  return {
    presented: { kind: 'verified', token: tokenOf() },
    record: recordOf(),
    user: 'unasked',
    client: () => CLIENT,
    now: T0 + MINUTE,
    ...changes,
  }
}

/** A policy with the defaults but for what a test changes. */
export function policyOf(options: PolicyOptions = {}): Policy {
  return readPolicy(options)
}
