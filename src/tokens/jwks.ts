import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject, sign, verify } from 'node:crypto'
import { ConfigurationError } from '../protocol/errors.ts'
import type { Timestamp } from '../protocol/types.ts'
import { type Key, type Keyring, keyringOf, kindOf, SECRET_BYTES, secretKey } from './keyring.ts'
import { parseTime } from './time.ts'

/** What every key of a set has beside its own members. */
interface JwkParameters {
  /** The name of the key, which its tokens carry. */
  readonly kid: string
  /**
   * When the key begins to sign, in ISO 8601 with its zone: before that it verifies and is published, so that
   * every machine knows it by then. Default: it signs at once.
   */
  readonly starts?: string | undefined
}

/** A secret (RFC 7518 section 6.4). */
export interface SecretJwk extends JwkParameters {
  readonly kty: 'oct'
  readonly alg: 'HS256'
  /** The secret in base64url. */
  readonly k: string
}

/** A private key on the curve P-256 (RFC 7518 section 6.2). */
export interface EcPrivateJwk extends JwkParameters {
  readonly kty: 'EC'
  readonly alg: 'ES256'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
  readonly d: string
}

/** A private RSA key of at least 2048 bits (RFC 7518 section 6.3). */
export interface RsaPrivateJwk extends JwkParameters {
  readonly kty: 'RSA'
  readonly alg: 'RS256'
  readonly n: string
  readonly e: string
  readonly d: string
  readonly p: string
  readonly q: string
  readonly dp: string
  readonly dq: string
  readonly qi: string
}

/** A key that signs, as a JWK (RFC 7517). */
export type SigningJwk = SecretJwk | EcPrivateJwk | RsaPrivateJwk

/** A JWK Set with secrets or private keys in it (RFC 7517 section 5), the oldest first. */
export interface SigningJwks {
  readonly keys: readonly SigningJwk[]
}

/** The shortest RSA key (RFC 7518 section 3.3). */
export const RSA_BITS = 2_048

const JWKS_FORM = `a JWK Set of keys with kid and alg: HS256 (kty oct, at least ${SECRET_BYTES} bytes), ES256 (kty EC, crv P-256, private), RS256 (kty RSA, private, at least ${RSA_BITS} bits)`
const STARTS_FORM = 'an ISO 8601 time with its zone, such as 2027-01-31T08:00:00Z'

/**
 * Makes a keyring of a JWK Set (RFC 7517): the last key whose start time has come signs, all verify.
 *
 * @throws ConfigurationError where it is no such set; it tells nothing of what is in a key.
 */
export function keyringOfJwks(jwks: unknown): Keyring {
  const keys = (jwks as { keys?: unknown } | null)?.keys
  if (!Array.isArray(keys)) throw new ConfigurationError('keys', kindOf(jwks), JWKS_FORM)
  return keyringOf(keys.map(readJwk), JWKS_FORM, 'keys')
}

/** A member of a set, of which nothing is known yet. */
type Unread = Readonly<Record<string, unknown>>

function readJwk(jwk: unknown, index: number): Key {
  const members = (jwk ?? {}) as Unread
  const { kid, alg, starts } = members
  const read = READERS.get(alg)
  if (read === undefined || typeof kid !== 'string' || kid === '') throw otherForm(index)
  const key = read(kid, members, readStart(starts, index))
  if (key === undefined) throw otherForm(index)
  return key
}

function otherForm(index: number): ConfigurationError {
  return new ConfigurationError('keys', `another form at place ${index}`, JWKS_FORM)
}

function readStart(starts: unknown, index: number): Timestamp {
  if (starts === undefined) return Number.NEGATIVE_INFINITY
  const time = parseTime(starts)
  if (time !== undefined) return time
  throw new ConfigurationError('keys', `another form of starts at place ${index}`, STARTS_FORM)
}

/** Reads a key of one algorithm; undefined where it has another form. */
type Reader = (kid: string, jwk: Unread, startsAt: Timestamp) => Key | undefined

const READERS: ReadonlyMap<unknown, Reader> = new Map<unknown, Reader>([
  ['HS256', readSecretJwk],
  ['ES256', readEcJwk],
  ['RS256', readRsaJwk],
])

function readSecretJwk(kid: string, { kty, k }: Unread, startsAt: Timestamp): Key | undefined {
  if (kty !== 'oct' || typeof k !== 'string') return undefined
  const bytes = Buffer.from(k, 'base64url')
  return bytes.byteLength >= SECRET_BYTES ? secretKey(kid, bytes, startsAt) : undefined
}

function readEcJwk(kid: string, { kty, crv, x, y, d }: Unread, startsAt: Timestamp): Key | undefined {
  const pair = crv === 'P-256' ? readPair({ kty, crv, x, y, d }) : undefined
  return pair && Object.freeze({ kid, alg: 'ES256', ...pair, startsAt })
}

function readRsaJwk(kid: string, jwk: Unread, startsAt: Timestamp): Key | undefined {
  const { kty, n, e, d, p, q, dp, dq, qi } = jwk
  const pair = readPair({ kty, n, e, d, p, q, dp, dq, qi })
  if (pair === undefined || bitsOf(pair.key) < RSA_BITS) return undefined
  return Object.freeze({ kid, alg: 'RS256', ...pair, startsAt })
}

/** The length of an RSA key. */
export function bitsOf({ asymmetricKeyDetails: details }: KeyObject): number {
  return details?.modulusLength ?? 0
}

/** Both halves of a private key; undefined where they do not belong together, as then nothing it signs verifies. */
function readPair(jwk: Unread): Pick<Key, 'key' | 'signingKey'> | undefined {
  try {
    const signingKey = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' })
    const key = createPublicKey(signingKey)
    return isPair(signingKey, key) ? { key, signingKey } : undefined
  } catch {
    return undefined
  }
}

function isPair(signingKey: KeyObject, key: KeyObject): boolean {
  const probe = Buffer.from('sliding-jwt')
  return verify('sha256', probe, key, sign('sha256', probe, signingKey))
}
