import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/protocol/errors.ts'
import type { PolicyOptions } from '../../src/protocol/policy.ts'
import type { Claims, SessionRecord } from '../../src/protocol/types.ts'
import { keyringOfSecrets } from '../../src/tokens/keyring.ts'
import { signToken } from '../../src/tokens/sign.ts'
import { TOKEN_LENGTH, verifyToken } from '../../src/tokens/verify.ts'
import { decode, KID, SECRET } from '../support/forge.ts'
import { DAY, HOUR, policyOf, recordOf, T0 } from '../support/records.ts'

const KEYRING = keyringOfSecrets(SECRET)

interface Signing {
  readonly record?: Partial<SessionRecord>
  readonly claims?: unknown
  readonly policy?: PolicyOptions
  readonly now?: number
}

function signed({ record, claims = {}, policy, now = T0 }: Signing = {}): string {
  return signToken(recordOf(record), claims as Claims, now, policyOf(policy), KEYRING)
}

describe('signToken', () => {
  it('has exactly the claims of the protocol, and the host’s own', () => {
    const record = { jti: 'AQIDBAUGBwgJCgsMDQ4PEA', userId: 'ada', issued: 7, seen: 6, floor: 6, parent: 6 }
    expect(decode(signed({ record, claims: { role: 'admin' }, now: T0 + HOUR }))).toEqual({
      iss: 'sliding-jwt',
      aud: 'sliding-jwt',
      sub: 'ada',
      jti: 'AQIDBAUGBwgJCgsMDQ4PEA',
      gen: 7,
      iat: (T0 + HOUR) / 1000,
      exp: (T0 + HOUR) / 1000 + 900,
      auth_time: T0 / 1000,
      role: 'admin',
    })
  })

  it('has exactly alg, kid and typ in its header', () => {
    const [header = ''] = signed().split('.')
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'HS256',
      kid: KID,
      typ: 'JWT',
    })
  })

  it('is for the resource servers, too, where there are any', () => {
    const token = signToken(recordOf(), {}, T0, policyOf(), KEYRING, ['orders', 'billing'])
    expect(decode(token)['aud']).toEqual(['sliding-jwt', 'orders', 'billing'])
    for (const [audience, expected] of [
      ['sliding-jwt', 'verified'],
      ['billing', 'verified'],
      ['other', 'invalid'],
    ] as const) {
      expect(verifyToken(token, T0, policyOf({ audience }), KEYRING).kind).toBe(expected)
    }
  })

  it('signs for the issuer and the audience of the policy', () => {
    const policy = { issuer: 'https://id.example', audience: 'shop' }
    expect(decode(signed({ policy }))).toMatchObject({ iss: 'https://id.example', aud: 'shop' })
  })

  it.each([
    ['a lifetime of 1500ms', { tokenTtl: '1500ms' }, 0, 1_500],
    ['a lifetime of 1ms', { tokenTtl: '1ms' }, 0, 1],
    ['a login in the middle of a second', { tokenTtl: '1500ms' }, 123, 1_623],
    ['the end of the session', { maxAge: '1s' }, 0, 1_000],
    ['an hour before the end of the session', {}, 30 * DAY - 60_000, 30 * DAY],
  ])('keeps milliseconds through signing and verifying: %s', (_, policy, at, expected) => {
    const token = signed({ policy, now: T0 + at })
    const presented = verifyToken(token, T0, policyOf(policy), KEYRING)
    if (presented.kind !== 'verified') return expect.fail(presented.kind)
    expect(presented.token.expiresAt - T0).toBe(expected)
    expect(presented.token.issuedAt - T0).toBe(at)
  })

  it('keeps every millisecond', () => {
    for (let millisecond = 0; millisecond < 1_000; millisecond += 1) {
      const now = T0 + millisecond
      const presented = verifyToken(signed({ record: { createdAt: now }, now }), now, policyOf(), KEYRING)
      expect(presented).toMatchObject({ token: { issuedAt: now, authTime: now, expiresAt: now + 900_000 } })
    }
  })

  it('gives the host’s claims back as they were', () => {
    const claims = {
      role: 'admin',
      scopes: ['a', 'b'],
      tenant: { id: 7, name: 'Ümläut ✓' },
      beta: false,
      none: null,
    }
    const presented = verifyToken(signed({ claims }), T0, policyOf(), KEYRING)
    expect(presented).toMatchObject({ token: { claims } })
  })

  it('refuses claims that make the token too long', () => {
    const act = () => signed({ claims: { list: 'x'.repeat(TOKEN_LENGTH) } })
    expect(act).toThrow(ConfigurationError)
    expect(act).toThrow(/^loadClaims: got claims that make a token of \d+ characters, takes /)
  })

  it('takes claims with which it is just short enough', () => {
    const rest = signed({ claims: { list: '' } }).length
    const list = 'x'.repeat(Math.floor(((TOKEN_LENGTH - rest) * 3) / 4) - 2)
    const token = signed({ claims: { list } })
    expect(token.length).toBeGreaterThan(TOKEN_LENGTH - 8)
    expect(verifyToken(token, T0, policyOf(), KEYRING).kind).toBe('verified')
  })
})
