import { describe, expect, it, vi } from 'vitest'
import { readHostClaims } from '../../src/tokens/claims.ts'
import { keyringOfJwks, keyringOfSecrets } from '../../src/tokens/keyring.ts'
import { signToken } from '../../src/tokens/sign.ts'
import { TOKEN_LENGTH, verifyToken } from '../../src/tokens/verify.ts'
import { forge, KID, payloadOf, SECRET, seal } from '../support/forge.ts'
import { policyOf, recordOf, T0 } from '../support/records.ts'

const POLICY = policyOf()
const KEYRING = keyringOfSecrets(SECRET)

/** What mutation tests found that no other test would notice. */
describe('a token of exactly the greatest length, and one character more', () => {
  const HEADER = JSON.stringify({ alg: 'HS256', typ: 'JWT', kid: KID })

  /** Blanks are no part of the JSON's meaning; in the header they shift what base64url can reach. */
  function tokenOfLength(length: number): string {
    const payload = JSON.stringify(payloadOf())
    for (const blanks of [0, 1, 2]) {
      const header = HEADER + ' '.repeat(blanks)
      const bytes = Math.floor(((length - seal(header, '').length) * 3) / 4)
      const token = seal(header, payload.padEnd(bytes))
      if (token.length === length) return token
    }
    return expect.fail(`no token has ${length} characters`)
  }

  it.each([
    [TOKEN_LENGTH, 'verified'],
    [TOKEN_LENGTH + 1, 'malformed'],
  ])('%d characters are %s', (length, expected) => {
    expect(verifyToken(tokenOfLength(length), T0, POLICY, KEYRING).kind).toBe(expected)
  })

  /** Signs with a `kid` and a claim of such lengths. */
  function sign(kid: number, claim: number): string {
    const k = Buffer.from(SECRET).toString('base64url')
    const keyring = keyringOfJwks({ keys: [{ kty: 'oct', alg: 'HS256', kid: 'k'.repeat(kid), k }] })
    return signToken(recordOf(), { claim: 'x'.repeat(claim) }, T0, POLICY, keyring)
  }

  /** The lengths of `kid` and claim that make a token of exactly such a length. */
  function partsOfLength(length: number): [kid: number, claim: number] {
    for (const kid of [1, 2, 3]) {
      const [header, payload, signature] = sign(kid, 0).split('.') as [string, string, string]
      const characters = length - header.length - signature.length - 2
      const bytes = Math.floor((characters * 3) / 4)
      if (Math.ceil((bytes * 4) / 3) === characters) {
        return [kid, bytes - Buffer.from(payload, 'base64url').byteLength]
      }
    }
    return expect.fail(`no token has ${length} characters`)
  }

  it('is still issued', () => {
    expect(sign(...partsOfLength(TOKEN_LENGTH))).toHaveLength(TOKEN_LENGTH)
  })

  it('is issued no more, and the message says how many there may be', () => {
    expect(() => sign(...partsOfLength(TOKEN_LENGTH + 1))).toThrow(
      'loadClaims: got claims that make a token of 8193 characters, takes claims with which a token has at most 8192',
    )
  })
})

describe('a kid', () => {
  it.each([[7], [null], [['a']], [{ toString: 'a' }], [true], [undefined]])(
    'that is %j is not even looked for',
    (kid) => {
      const find = vi.fn(() => KEYRING.signing)
      expect(verifyToken(forge({ header: { kid } }), T0, POLICY, { ...KEYRING, find }).kind).toBe('invalid')
      expect(find).not.toHaveBeenCalled()
    },
  )
})

describe('keyringOfJwks', () => {
  it('takes a secret of exactly 32 bytes', () => {
    const k = Buffer.alloc(32, 7).toString('base64url')
    const keyring = keyringOfJwks({ keys: [{ kty: 'oct', alg: 'HS256', kid: 'a', k }] })
    expect(keyring.signing.key.symmetricKeySize).toBe(32)
  })
})

describe('readHostClaims', () => {
  it('names every claim that is not the host’s to set', () => {
    expect(() => readHostClaims({ iss: 'shop' })).toThrow(
      'loadClaims: got a claim iss, takes claims without iss, aud, sub, jti, gen, iat, exp, nbf, auth_time',
    )
  })
})
