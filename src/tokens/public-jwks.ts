import type { Key, Keyring } from './keyring.ts'

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
