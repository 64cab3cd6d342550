import { describe, expect, it, vi } from 'vitest'
import { keyringOfSecrets } from '../../src/tokens/keyring.ts'
import { TOKEN_LENGTH, verifyToken } from '../../src/tokens/verify.ts'
import { forge, KID, payloadOf, SECRET, seal } from '../support/forge.ts'
import { policyOf, T0 } from '../support/records.ts'

const POLICY = policyOf()
const KEYRING = keyringOfSecrets(SECRET)

/** Blanks are no part of the JSON's meaning; in the header they shift what lengths base64url can reach. */
function tokenOfLength(length: number): string {
  const payload = JSON.stringify(payloadOf())
  for (const blanks of ['', ' ', '  ']) {
    const header = JSON.stringify({ alg: 'HS256', typ: 'JWT', kid: KID }) + blanks
    const bytes = Math.floor(((length - seal(header, '').length) * 3) / 4)
    const token = seal(header, payload.padEnd(bytes))
    if (token.length === length) return token
  }
  return expect.fail(`no token has ${length} characters`)
}

/** What mutation tests found that no other test would notice. */
describe('the greatest length of a token', () => {
  it.each([
    [TOKEN_LENGTH, 'verified'],
    [TOKEN_LENGTH + 1, 'malformed'],
  ])('with %d characters it is %s', (length, expected) => {
    expect(verifyToken(tokenOfLength(length), T0, POLICY, KEYRING).kind).toBe(expected)
  })
})

describe('a kid that is no text', () => {
  it.each([[7], [null], [['a']], [{ a: 1 }], [true], [undefined]])('such as %j is not looked for', (kid) => {
    const find = vi.fn(() => KEYRING.signingAt(T0))
    expect(verifyToken(forge({ header: { kid } }), T0, POLICY, { ...KEYRING, find }).kind).toBe('invalid')
    expect(find).not.toHaveBeenCalled()
  })
})
