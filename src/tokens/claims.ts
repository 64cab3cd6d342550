import { ConfigurationError } from '../protocol/errors.ts'
import type { Claims, VerifiedToken } from '../protocol/types.ts'

/** Names that the protocol gives its own meaning (RFC 7519 section 4.1; `auth_time` of OpenID Connect). */
const RESERVED = new Set(['iss', 'aud', 'sub', 'jti', 'gen', 'iat', 'exp', 'nbf', 'auth_time'])

/** 128 bits in base64url. */
const JTI_LENGTH = 22

/** Whether a value is 128 bits in canonical base64url. */
export function isJti(value: unknown): value is string {
  if (typeof value !== 'string' || value.length !== JTI_LENGTH) return false
  return Buffer.from(value, 'base64url').toString('base64url') === value
}

/**
 * Reads what the host says of a user: its claims, or null where the user is gone. Anything else stops here:
 * a `false` must not count as a user without claims, and a reserved name would be lost without a word.
 *
 * @throws ConfigurationError
 */
export function readHostClaims(answer: unknown): Claims | null {
  if (answer === null || answer === undefined) return null
  if (typeof answer !== 'object' || Array.isArray(answer)) {
    const got = Array.isArray(answer) ? 'a list' : `a value of type ${typeof answer}`
    throw new ConfigurationError(
      'loadClaims',
      got,
      'an object of claims, or null where the user is gone or disabled',
    )
  }
  const taken = Object.keys(answer).find((claim) => RESERVED.has(claim))
  if (taken !== undefined) {
    throw new ConfigurationError(
      'loadClaims',
      `a claim ${taken}`,
      `claims without ${[...RESERVED].join(', ')}`,
    )
  }
  return answer as Claims
}

/** Reads a payload whose signature is right; undefined where a claim is missing or has another shape. */
export function readPayload(payload: Record<string, unknown>): VerifiedToken | undefined {
  const { jti, sub, gen, iat, exp, auth_time: authTime } = payload
  const isRight =
    isJti(jti) &&
    typeof sub === 'string' &&
    sub !== '' &&
    Number.isSafeInteger(gen) &&
    (gen as number) >= 0 &&
    [iat, exp, authTime].every(isTime)
  if (!isRight) return undefined
  return Object.freeze({
    jti,
    userId: sub,
    gen: gen as number,
    issuedAt: toTimestamp(iat),
    expiresAt: toTimestamp(exp),
    authTime: toTimestamp(authTime),
    claims: Object.freeze(
      Object.fromEntries(Object.entries(payload).filter(([claim]) => !RESERVED.has(claim))),
    ),
  })
}

/** Seconds of which the milliseconds can still be told apart: no end of time, and none beyond it. */
function isTime(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(toTimestamp(value))
}

/** A NumericDate has seconds, with a fraction where needed (RFC 7519 section 2). */
function toTimestamp(numericDate: unknown): number {
  return Math.round((numericDate as number) * 1000)
}
