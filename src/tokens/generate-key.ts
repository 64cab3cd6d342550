import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { RSA_BITS, type SigningJwk } from './jwks.ts'
import { type Algorithm, SECRET_BYTES } from './keyring.ts'

/** The members of a new key, for each algorithm. */
const MAKERS: Readonly<Record<Algorithm, () => object>> = {
  HS256: () => ({ kty: 'oct', k: randomBytes(SECRET_BYTES).toString('base64url') }),
  ES256: () => jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  RS256: () => jwkOf(generateKeyPairSync('rsa', { modulusLength: RSA_BITS })),
}

/**
 * Makes a new key, with a random `kid`: a secret of 32 bytes for HS256, a pair on P-256 for ES256, a pair of 2048
 * bits for RS256 (which takes some tenths of a second).
 */
export function generateKey(alg: Algorithm): SigningJwk {
  const kid = randomBytes(6).toString('hex')
  return { kid, alg, ...MAKERS[alg]() } as SigningJwk
}

function jwkOf({ privateKey }: { privateKey: KeyObject }): object {
  return privateKey.export({ format: 'jwk' })
}
