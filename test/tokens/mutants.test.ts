import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/protocol/errors.ts'
import { readHostClaims } from '../../src/tokens/claims.ts'
import { keyringOfJwks } from '../../src/tokens/jwks.ts'
import { type Keyring, keyringOfSecrets } from '../../src/tokens/keyring.ts'
import { signToken } from '../../src/tokens/sign.ts'
import { TOKEN_LENGTH, verifyToken } from '../../src/tokens/verify.ts'
import { SECRET } from '../support/forge.ts'
import { policyOf, recordOf, T0 } from '../support/records.ts'

function errorOf(act: () => unknown): ConfigurationError {
  try {
    act()
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
  return expect.fail('nothing was thrown')
}

const jwkOf = (kid: string, bytes: number) => ({
  kty: 'oct',
  alg: 'HS256',
  kid,
  k: Buffer.alloc(bytes, 7).toString('base64url'),
})

/** What mutation tests found that no other test would notice. */
describe('keys', () => {
  it('of a set may have exactly 32 bytes', () => {
    expect(keyringOfJwks({ keys: [jwkOf('a', 32)] }).signingAt(T0).key.symmetricKeySize).toBe(32)
  })

  it('of a set are described where they have another form', () => {
    const { takes } = errorOf(() => keyringOfJwks({ keys: [jwkOf('a', 31)] }))
    expect(takes).toBe(
      'a JWK Set of keys with kid and alg: HS256 (kty oct, at least 32 bytes), ES256 (kty EC, crv P-256, private), RS256 (kty RSA, private, at least 2048 bits)',
    )
  })

  it('keep the kid that their secret always had, or every token would end with a new version', () => {
    expect(keyringOfSecrets(SECRET).signingAt(T0).kid).toBe('16g6aWF_HjI')
  })
})

describe('claims', () => {
  it('that are the protocol’s are listed where one is taken', () => {
    expect(errorOf(() => readHostClaims({ sub: 'eve' })).takes).toBe(
      'claims without iss, aud, sub, jti, gen, iat, exp, nbf, auth_time',
    )
  })

  it('that are too long are refused with the length that a token may have', () => {
    expect(errorOf(() => signOfLength(TOKEN_LENGTH + 8)).takes).toBe(
      `claims with which a token has at most ${TOKEN_LENGTH}`,
    )
  })
})

const KEYRINGS = ['a', 'ab', 'abc'].map((kid) => keyringOfJwks({ keys: [jwkOf(kid, 32)] }))

/** Signs a token of exactly so many characters: base64url skips some lengths, for which another `kid` makes up. */
function signOfLength(length: number): { token: string; keyring: Keyring } {
  for (const keyring of KEYRINGS) {
    const sign = (filler: string) => signToken(recordOf(), { filler }, T0, policyOf(), keyring)
    const room = length - sign('').length
    const token = sign('x'.repeat(Math.floor((room * 3) / 4)))
    if (token.length === length) return { token, keyring }
  }
  return expect.fail('no token has this length')
}

it('a token of exactly the greatest length is signed and verified', () => {
  const { token, keyring } = signOfLength(TOKEN_LENGTH)
  expect(verifyToken(token, T0, policyOf(), keyring).kind).toBe('verified')
})
