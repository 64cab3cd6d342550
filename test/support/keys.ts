import { generateKey } from '../../src/tokens/generate-key.ts'
import type { SigningJwk } from '../../src/tokens/jwks.ts'
import { ALGORITHMS, type Algorithm } from '../../src/tokens/keyring.ts'

const MADE = new Map(ALGORITHMS.map((alg) => [alg, generateKey(alg)]))

/** A key of each algorithm, made once, under the name of its algorithm unless a test gives another one. */
export function jwkOf(alg: Algorithm, changes: { kid?: string; starts?: string } = {}): SigningJwk {
  return { ...(MADE.get(alg) as SigningJwk), kid: alg, ...changes }
}
