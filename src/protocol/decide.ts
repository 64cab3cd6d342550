import type { RefusalCode } from './errors.ts'
import type { Policy } from './policy.ts'
import type {
  Client,
  Lineage,
  Presented,
  RevocationReason,
  SessionRecord,
  Timestamp,
  VerifiedToken,
} from './types.ts'

/** Everything that a decision depends on. */
export interface Situation {
  readonly presented: Presented
  /** The record with the token's `jti`; undefined where there is none. */
  readonly record: SessionRecord | undefined
  /** Asked of the host at renewal and on strict routes only. */
  readonly user: 'unasked' | 'active' | 'gone'
  /** Read only where an expired token needs it. */
  readonly client: () => Client
  readonly now: Timestamp
}

/** The request is answered, without a new token. */
export interface Pass {
  readonly kind: 'pass'
  /** Whether this is the first use of a newly issued token, which is to be recorded. */
  readonly firstUse: boolean
}

/** The request is answered, and a new token goes out if `lineage` can be written. */
export interface Renew {
  readonly kind: 'renew'
  readonly lineage: Lineage
}

/** 401 with `code`; where `revoke` is given, the session or all of the user's sessions are revoked. */
export interface Refuse {
  readonly kind: 'refuse'
  readonly code: RefusalCode
  readonly revoke?: { readonly scope: 'session' | 'user'; readonly reason: RevocationReason }
}

export type Decision = Pass | Renew | Refuse

const PASS: Pass = Object.freeze({ kind: 'pass', firstUse: false })
const FIRST_USE: Pass = Object.freeze({ kind: 'pass', firstUse: true })

/**
 * What happens to a request: the table of the protocol, first row that fits. The order is part of the rules.
 * Row numbers in the comments are those of the table in the README.
 */
export function decide(situation: Situation, policy: Policy): Decision {
  const { presented, record } = situation
  if (presented.kind !== 'verified') return refuse(`token_${presented.kind}`) // rows 1 to 3
  if (record === undefined) return refuse('session_unknown') // row 4
  if (!record.valid) return refuse('session_revoked') // row 5
  if (situation.user === 'gone') return USER_GONE // row 6
  return isFresh(presented.token, situation.now, policy)
    ? decideFresh(presented.token, record, situation, policy)
    : decideExpired(presented.token, record, situation, policy)
}

/** Whether a token has not expired yet, give or take the leeway. */
export function isFresh(token: VerifiedToken, now: Timestamp, policy: Policy): boolean {
  return now < token.expiresAt + policy.leeway
}

/** Row 7, and early renewal where `renewBefore` is set. */
function decideFresh(
  token: VerifiedToken,
  record: SessionRecord,
  situation: Situation,
  policy: Policy,
): Decision {
  if (isDueEarly(token, record, situation.now, policy)) {
    const early = decideExpired(token, record, situation, policy)
    if (early.kind === 'renew') return early
  }
  return token.gen > record.floor ? FIRST_USE : PASS
}

/** Rows 8 to 13. */
function decideExpired(
  token: VerifiedToken,
  record: SessionRecord,
  situation: Situation,
  policy: Policy,
): Decision {
  return (
    refuseEnded(record, situation.now, policy) ??
    refuseFingerprint(record, situation.client(), policy) ??
    passInGrace(token, record, situation.now, policy) ??
    renew(token, record) ??
    REUSED
  )
}

/** Rows 8 and 9: nothing renews a session beyond its absolute and its idle limit. */
function refuseEnded(record: SessionRecord, now: Timestamp, policy: Policy): Refuse | undefined {
  if (now - record.createdAt >= policy.maxAge) return refuse('session_expired')
  if (now - record.updatedAt >= policy.idleTimeout) return refuse('session_idle')
  return undefined
}

/** Row 10. It stands before row 13, so that an old token replayed from elsewhere cannot log its owner out. */
function refuseFingerprint(record: SessionRecord, client: Client, policy: Policy): Refuse | undefined {
  const { accepts, onMismatch } = policy.fingerprint
  if (accepts({ ip: record.ip, userAgent: record.userAgent }, client) === true) return undefined
  return onMismatch === 'revoke' ? MISMATCH_REVOKES : refuse('fingerprint_mismatch')
}

/** Row 11: a parallel request that left before the successor came back. */
function passInGrace(
  token: VerifiedToken,
  record: SessionRecord,
  now: Timestamp,
  policy: Policy,
): Pass | undefined {
  return token.gen === record.parent && now - record.updatedAt < policy.grace ? PASS : undefined
}

/** Row 12: the token in good standing, or a newly issued one that was never presented while fresh. */
function renew(token: VerifiedToken, record: SessionRecord): Renew | undefined {
  if (token.gen !== record.seen && token.gen <= record.floor) return undefined
  const latest = Math.max(record.issued, token.gen)
  const { seen, floor } = token.gen > record.floor ? { seen: token.gen, floor: latest } : record
  return { kind: 'renew', lineage: { issued: latest + 1, seen, floor, parent: token.gen } }
}

/** Whether a fresh token is near its expiry and a renewal would really give a later one. */
function isDueEarly(token: VerifiedToken, record: SessionRecord, now: Timestamp, policy: Policy): boolean {
  return (
    policy.renewBefore > 0 && // within the leeway, less than nothing is left
    token.expiresAt - now < policy.renewBefore &&
    expiryOf(record.createdAt, now, policy) > token.expiresAt
  )
}

/** When a token that is issued now expires: a token never outlives its session. */
export function expiryOf(createdAt: Timestamp, now: Timestamp, policy: Policy): Timestamp {
  return Math.min(now + policy.tokenTtl, createdAt + policy.maxAge)
}

/** When a session can be used no more, if nothing renews it from now on. */
export function endOf(
  record: Pick<SessionRecord, 'createdAt' | 'updatedAt' | 'revokedAt'>,
  policy: Policy,
): Timestamp {
  const unused = record.updatedAt + unusedFor(policy)
  return Math.min(record.revokedAt ?? Number.POSITIVE_INFINITY, record.createdAt + policy.maxAge, unused)
}

/** A session counts as active where it began, and was last renewed, after these times. */
export interface ActiveSince {
  readonly createdAt: Timestamp
  readonly updatedAt: Timestamp
}

/** Since when a session must have begun and been renewed to be active now, unless it is revoked. */
export function activeSince(
  policy: Pick<Policy, 'maxAge' | 'idleTimeout' | 'tokenTtl'>,
  now: Timestamp,
): ActiveSince {
  return { createdAt: now - policy.maxAge, updatedAt: now - unusedFor(policy) }
}

/** How long a session can be used without a renewal: its last token may be fresh for longer than `idleTimeout`. */
function unusedFor({ idleTimeout, tokenTtl }: Pick<Policy, 'idleTimeout' | 'tokenTtl'>): number {
  return Math.max(idleTimeout, tokenTtl)
}

function refuse(code: RefusalCode): Refuse {
  return { kind: 'refuse', code }
}

function revoking(code: RefusalCode, scope: 'session' | 'user', reason: RevocationReason): Refuse {
  return Object.freeze({ kind: 'refuse', code, revoke: Object.freeze({ scope, reason }) })
}

const USER_GONE = revoking('user_disabled', 'user', 'user_disabled')
const MISMATCH_REVOKES = revoking('fingerprint_mismatch', 'session', 'fingerprint')
const REUSED = revoking('token_reused', 'session', 'reuse')
