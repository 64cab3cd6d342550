import jwt from 'jsonwebtoken'
import type { Policy } from '../protocol/policy.ts'
import type { Presented, Timestamp, VerifiedToken } from '../protocol/types.ts'
import { readPayload } from './claims.ts'
import type { VerifyingKey, VerifyingKeys } from './keyring.ts'

/** Longer tokens are neither issued nor looked at; Node takes 16 kB of headers in all. */
export const TOKEN_LENGTH = 8_192

/** The compact form of a JWS (RFC 7515 section 7.1); an unsecured JWT has an empty third part. */
const COMPACT = /^([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/

/** The only header parameters there are: no `crit`, `jku`, `jwk`, `x5u`, `x5c` (RFC 8725 section 3.10). */
const HEADER = new Set(['alg', 'kid', 'typ'])

const MALFORMED: Presented = Object.freeze({ kind: 'malformed' })
const INVALID: Presented = Object.freeze({ kind: 'invalid' })

/**
 * Verifies everything of a token but its expiry: signature, the algorithm that its `kid` allows, `typ`,
 * `iss`, `aud`, `nbf`, and the shape of the claims.
 *
 * `jsonwebtoken.verify` tests `exp` before `aud` and `iss`; whoever catches its TokenExpiredError accepts
 * tokens that were made for somebody else. So it is told to leave `exp` alone, for fresh and expired alike.
 */
export function verifyToken(token: string, now: Timestamp, policy: Policy, keys: VerifyingKeys): Presented {
  if (token.length > TOKEN_LENGTH) return MALFORMED
  const header = readHeader(token)
  if (header === undefined) return MALFORMED
  const key = keyOf(header, keys)
  if (key === undefined) return INVALID
  const payload = verifyPayload(token, key, now, policy)
  const verified = payload && readPayload(payload)
  return verified === undefined ? INVALID : { kind: 'verified', token: verified }
}

/** The claims of a token whose signature is known to be right. */
export function readSigned(token: string): VerifiedToken | undefined {
  const payload = token.split('.')[1] as string
  return readPayload(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
}

/** The name of the key that a token says it was signed with, unverified. */
export function kidOf(token: string): string | undefined {
  const kid = token.length > TOKEN_LENGTH ? undefined : readHeader(token)?.['kid']
  return typeof kid === 'string' ? kid : undefined
}

function readHeader(token: string): Record<string, unknown> | undefined {
  const encoded = COMPACT.exec(token)?.[1]
  return encoded === undefined ? undefined : parseObject(Buffer.from(encoded, 'base64url').toString('utf8'))
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function keyOf(header: Record<string, unknown>, keys: VerifyingKeys): VerifyingKey | undefined {
  if (!Object.keys(header).every((parameter) => HEADER.has(parameter))) return undefined
  if (header['typ'] !== 'JWT' || typeof header['kid'] !== 'string') return undefined
  const key = keys.find(header['kid'])
  return key?.alg === header['alg'] ? key : undefined
}

function verifyPayload(
  token: string,
  { alg, key }: VerifyingKey,
  now: Timestamp,
  { issuer, audience, leeway }: Policy,
): Record<string, unknown> | undefined {
  try {
    const payload = jwt.verify(token, key, {
      algorithms: [alg],
      issuer,
      audience,
      ignoreExpiration: true,
      clockTimestamp: now / 1000,
      clockTolerance: leeway / 1000,
    })
    return typeof payload === 'object' ? payload : undefined
  } catch {
    return undefined
  }
}
