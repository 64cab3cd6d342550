import { createHash, createSecretKey, type KeyObject } from 'node:crypto'
import { ConfigurationError } from '../protocol/errors.ts'
import type { Timestamp } from '../protocol/types.ts'

/** The shortest HS256 secret (RFC 7518 section 3.2: as long as the hash). */
export const SECRET_BYTES = 32

/** The signatures there are (RFC 7518 section 3.1): by a shared secret, on the curve P-256, by RSA. */
export const ALGORITHMS = ['HS256', 'ES256', 'RS256'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

/** A key that verifies. It is for one algorithm only (RFC 8725 section 3.1). */
export interface VerifyingKey {
  readonly kid: string
  readonly alg: Algorithm
  /** The secret or the public key. Made once: from a string, jsonwebtoken would make it anew at every call. */
  readonly key: KeyObject
}

/** A key that also signs. */
export interface Key extends VerifyingKey {
  /** The secret or the private key. */
  readonly signingKey: KeyObject
  /** Before it, the key verifies and is published, but does not sign; minus infinity where there is no such time. */
  readonly startsAt: Timestamp
}

/** All keys that verify, by their `kid`. */
export interface VerifyingKeys {
  find(kid: string): VerifyingKey | undefined
}

/** All keys that verify, and which of them signs. */
export interface Keyring extends VerifyingKeys {
  /** The oldest first. */
  readonly keys: readonly Key[]
  /**
   * The newest key whose start time has come. Where none has, as after a clock was set back, the one that
   * starts first.
   */
  signingAt(now: Timestamp): Key
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
  return keyringOf(secrets.map(readSecret).reverse(), SECRET_FORM, 'secret')
}

function readSecret(secret: unknown): Key {
  const bytes = typeof secret === 'string' ? Buffer.from(secret) : secret
  if (!(bytes instanceof Uint8Array)) throw new ConfigurationError('secret', kindOf(secret), SECRET_FORM)
  if (bytes.byteLength < SECRET_BYTES) {
    throw new ConfigurationError('secret', `${bytes.byteLength} bytes`, SECRET_FORM)
  }
  return secretKey(kidOf(bytes), bytes)
}

/** A secret that signs and verifies. */
export function secretKey(kid: string, bytes: Uint8Array, startsAt = Number.NEGATIVE_INFINITY): Key {
  const key = createSecretKey(bytes)
  return Object.freeze({ kid, alg: 'HS256', key, signingKey: key, startsAt })
}

/**
 * Makes a keyring of keys, the oldest first.
 *
 * @throws ConfigurationError where there is none, or two have one `kid`.
 */
export function keyringOf(keys: readonly Key[], takes: string, option: string): Keyring {
  if (keys.length === 0) throw new ConfigurationError(option, 'no key', takes)
  const byKid = new Map(keys.map((key) => [key.kid, key]))
  if (byKid.size < keys.length) throw new ConfigurationError(option, 'one key twice', takes)
  const first = keys.reduce((earliest, key) => (key.startsAt <= earliest.startsAt ? key : earliest))
  return Object.freeze({
    keys: Object.freeze([...keys]),
    find: (kid: string) => byKid.get(kid),
    signingAt: (now: Timestamp) => keys.findLast(({ startsAt }) => startsAt <= now) ?? first,
  })
}

/** A keyring that can be exchanged while it is in use. */
export class ReplaceableKeyring implements Keyring {
  #current: Keyring

  constructor(keyring: Keyring) {
    this.#current = keyring
  }

  get current(): Keyring {
    return this.#current
  }

  get keys(): readonly Key[] {
    return this.#current.keys
  }

  find(kid: string): VerifyingKey | undefined {
    return this.#current.find(kid)
  }

  signingAt(now: Timestamp): Key {
    return this.#current.signingAt(now)
  }

  replace(keyring: Keyring): void {
    this.#current = keyring
  }
}

function kidOf(secret: Uint8Array): string {
  return createHash('sha256').update('sliding-jwt kid').update(secret).digest('base64url').slice(0, 11)
}

/** What a value is, without a word of what is in it. */
export function kindOf(value: unknown): string {
  return value === undefined || value === null ? 'nothing' : `a value of type ${typeof value}`
}
