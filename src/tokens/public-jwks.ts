import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { bitsOf, RSA_BITS } from './jwks.ts'
import type { Key, Keyring, VerifyingKey, VerifyingKeys } from './keyring.ts'

/** A public key as everybody may see it (RFC 7517). */
export interface PublicJwk {
  readonly kty: 'EC' | 'RSA'
  readonly alg: 'ES256' | 'RS256'
  readonly use: 'sig'
  readonly kid: string
  readonly [member: string]: string
}

/** A JWK Set without anything secret in it. */
export interface PublicJwks {
  readonly keys: readonly PublicJwk[]
}

/** The public keys of a keyring, those that do not sign yet among them. A secret has no public half. */
export function publicJwksOf({ keys }: Keyring): PublicJwks {
  return { keys: keys.flatMap((key) => publicJwkOf(key) ?? []) }
}

function publicJwkOf({ kid, alg, key }: Key): PublicJwk | undefined {
  if (key.type !== 'public') return undefined
  return { ...key.export({ format: 'jwk' }), kid, alg, use: 'sig' } as PublicJwk
}

/**
 * Reads a published JWK Set: its keys for ES256 and RS256. Others are left out, as a set may have keys for other
 * things (RFC 7517 section 5), and a secret that is published is none. Undefined where there is no such key.
 */
export function readPublicJwks(jwks: unknown): VerifyingKeys | undefined {
  const keys = (jwks as { keys?: unknown } | null)?.keys
  if (!Array.isArray(keys)) return undefined
  const byKid = new Map(keys.flatMap((jwk) => readPublicJwk(jwk) ?? []).map((key) => [key.kid, key]))
  return byKid.size === 0 ? undefined : Object.freeze({ find: (kid: string) => byKid.get(kid) })
}

function readPublicJwk(jwk: unknown): VerifyingKey | undefined {
  const { kid, alg, kty, crv, x, y, n, e } = (jwk ?? {}) as Readonly<Record<string, unknown>>
  if (typeof kid !== 'string') return undefined
  const key = alg === 'ES256' && crv === 'P-256' ? readKey({ kty, crv, x, y }) : undefined
  if (key !== undefined) return Object.freeze({ kid, alg: 'ES256', key })
  const rsa = alg === 'RS256' ? readKey({ kty, n, e }) : undefined
  return rsa && bitsOf(rsa) >= RSA_BITS ? Object.freeze({ kid, alg: 'RS256', key: rsa }) : undefined
}

function readKey(jwk: object): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
  } catch {
    return undefined
  }
}
