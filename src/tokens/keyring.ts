import { createHash, createSecretKey, type KeyObject } from 'node:crypto'
import { ConfigurationError } from '../protocol/errors.ts'

/** The shortest HS256 secret (RFC 7518 section 3.2: as long as the hash). */
const SECRET_BYTES = 32

/** A key signs with one algorithm only (RFC 8725 section 3.1). */
export interface Key {
  readonly kid: string
  readonly alg: 'HS256'
  /** Made once: from a string, jsonwebtoken would make it anew at every call. */
  readonly key: KeyObject
}

/** All keys that verify, by their `kid`, and the one that signs. */
export interface Keyring {
  readonly signing: Key
  readonly find: (kid: string) => Key | undefined
}

/** A symmetric key in a JWK Set (RFC 7517; `kty` is `oct`). */
export interface SecretJwk {
  readonly kty: 'oct'
  readonly alg: 'HS256'
  readonly kid: string
  /** The secret in base64url. */
  readonly k: string
}

/** One secret, or several: the first signs, all verify. Strings count in UTF-8 bytes. */
export type SecretOption = string | Uint8Array | readonly (string | Uint8Array)[]

const SECRET_FORM = `at least ${SECRET_BYTES} bytes, or a list of such secrets`

/**
 * Makes a keyring of secrets. The `kid` of each is derived from it, so that every process with the same
 * secret knows the same key.
 *
 * @throws ConfigurationError where a secret is too short.
 */
export function keyringOfSecrets(secret: unknown): Keyring {
  const secrets: unknown[] = Array.isArray(secret) ? secret : [secret]
  return keyringOf(
    secrets.map((entry) => {
      const bytes = typeof entry === 'string' ? Buffer.from(entry) : entry
      if (!(bytes instanceof Uint8Array)) throw new ConfigurationError('secret', kindOf(entry), SECRET_FORM)
      if (bytes.byteLength < SECRET_BYTES) {
        throw new ConfigurationError('secret', `${bytes.byteLength} bytes`, SECRET_FORM)
      }
      return secretKey(kidOf(bytes), bytes)
    }),
    SECRET_FORM,
    'secret',
  )
}

const JWKS_FORM = `a JWK Set {"keys": [{"kty": "oct", "alg": "HS256", "kid": "…", "k": "…"}]} with secrets of at least ${SECRET_BYTES} bytes`

/**
 * Makes a keyring of a JWK Set (RFC 7517): the last key is the newest and signs, all verify.
 *
 * @throws ConfigurationError where it is no such set.
 */
export function keyringOfJwks(jwks: unknown): Keyring {
  const keys = (jwks as { keys?: unknown } | null)?.keys
  if (!Array.isArray(keys)) throw new ConfigurationError('keys', kindOf(jwks), JWKS_FORM)
  return keyringOf(keys.map(readJwk).reverse(), JWKS_FORM, 'keys')
}

function readJwk(jwk: Partial<SecretJwk> | null, index: number): Key {
  const bytes = typeof jwk?.k === 'string' ? Buffer.from(jwk.k, 'base64url') : Buffer.alloc(0)
  const isRight = jwk?.kty === 'oct' && jwk.alg === 'HS256' && bytes.byteLength >= SECRET_BYTES
  if (!isRight || typeof jwk.kid !== 'string' || jwk.kid === '') {
    throw new ConfigurationError('keys', `another form at place ${index}`, JWKS_FORM)
  }
  return secretKey(jwk.kid, bytes)
}

function keyringOf(keys: readonly Key[], takes: string, option: string): Keyring {
  const [signing] = keys
  if (signing === undefined) throw new ConfigurationError(option, 'no key', takes)
  const byKid = new Map(keys.map((key) => [key.kid, key]))
  if (byKid.size < keys.length) throw new ConfigurationError(option, 'one key twice', takes)
  return Object.freeze({ signing, find: (kid: string) => byKid.get(kid) })
}

function secretKey(kid: string, bytes: Uint8Array): Key {
  return Object.freeze({ kid, alg: 'HS256', key: createSecretKey(bytes) })
}

function kidOf(secret: Uint8Array): string {
  return createHash('sha256').update('sliding-jwt kid').update(secret).digest('base64url').slice(0, 11)
}

/** What a value is, without a word of what is in it. */
function kindOf(value: unknown): string {
  return value === undefined || value === null ? 'nothing' : `a value of type ${typeof value}`
}
