import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/protocol/errors.ts'
import { generateKey } from '../../src/tokens/generate-key.ts'
import { keyringOfJwks } from '../../src/tokens/jwks.ts'
import { ALGORITHMS, ReplaceableKeyring } from '../../src/tokens/keyring.ts'
import { publicJwksOf, readPublicJwks } from '../../src/tokens/public-jwks.ts'
import { signToken } from '../../src/tokens/sign.ts'
import { verifyToken } from '../../src/tokens/verify.ts'
import { seal } from '../support/forge.ts'
import { jwkOf } from '../support/keys.ts'
import { HOUR, policyOf, recordOf, T0 } from '../support/records.ts'

const EC = jwkOf('ES256')
const RSA = jwkOf('RS256')
const OTHER_EC = generateKey('ES256')
const AT = (time: number) => new Date(time).toISOString()

function errorOf(act: () => unknown): ConfigurationError {
  try {
    act()
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
  return expect.fail('nothing was thrown')
}

function sign(keyring = keyringOfJwks({ keys: [EC] }), now = T0): string {
  return signToken(recordOf(), { role: 'user' }, now, policyOf(), keyring)
}

function headerOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
}

describe.each(ALGORITHMS)('a key for %s', (alg) => {
  const keyring = keyringOfJwks({ keys: [jwkOf(alg)] })

  it('signs what it verifies, and names itself', () => {
    const token = sign(keyring)
    expect(headerOf(token)).toEqual({ alg, typ: 'JWT', kid: alg })
    expect(verifyToken(token, T0, policyOf(), keyring)).toMatchObject({
      kind: 'verified',
      token: { userId: 'ada', claims: { role: 'user' } },
    })
  })

  it('verifies nothing of another key under its name', () => {
    const other = keyringOfJwks({ keys: [{ ...generateKey(alg), kid: alg }] })
    expect(verifyToken(sign(other), T0, policyOf(), keyring).kind).toBe('invalid')
  })

  it.each(ALGORITHMS.filter((other) => other !== alg))('takes no token that says %s', (other) => {
    const [, payload, signature] = sign(keyring).split('.')
    const header = Buffer.from(JSON.stringify({ alg: other, typ: 'JWT', kid: alg })).toString('base64url')
    expect(verifyToken(`${header}.${payload}.${signature}`, T0, policyOf(), keyring).kind).toBe('invalid')
  })

  it('is made anew each time', () => {
    expect(generateKey(alg)).toMatchObject({ alg, kid: expect.stringMatching(/^[0-9a-f]{12}$/) })
    expect(generateKey(alg).kid).not.toBe(generateKey(alg).kid)
  })
})

describe('a public key', () => {
  it.each([
    [
      'its text',
      (keyring: ReturnType<typeof keyringOfJwks>) => JSON.stringify(publicJwksOf(keyring).keys[0]),
    ],
    [
      'its PEM form',
      (keyring: ReturnType<typeof keyringOfJwks>) =>
        keyring.keys[0]?.key.export({ type: 'spki', format: 'pem' }).toString() ?? '',
    ],
  ])('is no secret: %s signs nothing by HS256', (_, secretOf) => {
    for (const jwk of [EC, RSA]) {
      const keyring = keyringOfJwks({ keys: [jwk] })
      const payload = JSON.stringify({ iss: 'sliding-jwt', aud: 'sliding-jwt', sub: 'root' })
      const header = JSON.stringify({ alg: 'HS256', typ: 'JWT', kid: jwk.kid })
      expect(verifyToken(seal(header, payload, secretOf(keyring)), T0, policyOf(), keyring).kind).toBe(
        'invalid',
      )
    }
  })

  it('is published with what it is for, and without anything of its private half', () => {
    const { keys } = publicJwksOf(keyringOfJwks({ keys: [jwkOf('HS256'), EC, RSA] }))
    expect(keys.map((key) => [key.kid, Object.keys(key).sort()])).toEqual([
      ['ES256', ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']],
      ['RS256', ['alg', 'e', 'kid', 'kty', 'n', 'use']],
    ])
    expect(keys).toMatchObject([
      { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' },
      { kty: 'RSA', alg: 'RS256', use: 'sig' },
    ])
  })
})

describe('a set', () => {
  it.each([
    ['no alg', { ...EC, alg: undefined }],
    ['the alg none', { ...EC, alg: 'none' }],
    ['an alg that is a property of objects', { ...EC, alg: 'constructor' }],
    ['another alg of its kind', { ...EC, alg: 'ES384' }],
    ['no kid', { ...EC, kid: undefined }],
    ['an empty kid', { ...EC, kid: '' }],
    ['another kind than its alg', { ...EC, alg: 'RS256' }],
    ['another kind than its alg, the other way', { ...RSA, alg: 'ES256' }],
    ['a secret for a pair', { ...jwkOf('HS256'), alg: 'ES256' }],
    ['a pair for a secret', { ...EC, alg: 'HS256' }],
    ['a pair for a secret, with a secret', { ...EC, alg: 'HS256', k: 'x'.repeat(64) }],
    ['another curve', { ...EC, crv: 'P-384' }],
    ['no private half', { ...EC, d: undefined }],
    ['a private half of another key', { ...EC, d: 'd' in OTHER_EC ? OTHER_EC.d : '' }],
    ['a point that is on no curve', { ...EC, x: Buffer.alloc(32, 1).toString('base64url') }],
    ['an RSA key without its private half', { ...RSA, d: undefined }],
    ['an RSA key without its primes', { ...RSA, p: undefined }],
    ['a kty of another kind', { ...RSA, kty: 'EC' }],
    ['a list for a key', []],
  ])('is refused with %s', (_, jwk) => {
    const error = errorOf(() => keyringOfJwks({ keys: [jwkOf('HS256'), jwk] }))
    expect(error).toMatchObject({ option: 'keys', got: 'another form at place 1' })
    if ('d' in EC) expect(error.message).not.toContain(EC.d)
  })

  it.each(['P-384', 'P-521', 'secp256k1'])('is refused with a whole key on the curve %s', (namedCurve) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve })
    const jwk = { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'other' }
    expect(errorOf(() => keyringOfJwks({ keys: [jwk] })).got).toBe('another form at place 0')
  })

  it('is refused with an RSA key of fewer bits', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 })
    const jwk = { ...privateKey.export({ format: 'jwk' }), alg: 'RS256', kid: 'short' }
    expect(errorOf(() => keyringOfJwks({ keys: [jwk] })).got).toBe('another form at place 0')
  })

  it.each([['soon'], ['2027-01-31'], ['2027-01-31T08:00:00'], [1_800_000_000], [null], ['']])(
    'is refused with the start time %j',
    (starts) => {
      const error = errorOf(() => keyringOfJwks({ keys: [EC, { ...RSA, starts }] }))
      expect(error).toMatchObject({ option: 'keys', got: 'another form of starts at place 1' })
      expect(error.takes).toBe('an ISO 8601 time with its zone, such as 2027-01-31T08:00:00Z')
    },
  )
})

describe('the key that signs', () => {
  const [old, next, last] = [
    jwkOf('HS256'),
    jwkOf('ES256', { starts: AT(T0 + HOUR) }),
    jwkOf('RS256', { starts: AT(T0 + 2 * HOUR) }),
  ]
  const keyring = keyringOfJwks({ keys: [old, next, last] })

  it.each([
    [T0, 'HS256'],
    [T0 + HOUR - 1, 'HS256'],
    [T0 + HOUR, 'ES256'],
    [T0 + 2 * HOUR - 1, 'ES256'],
    [T0 + 2 * HOUR, 'RS256'],
    [T0 + 99 * HOUR, 'RS256'],
  ])('at %d is %s', (now, kid) => {
    expect(keyring.signingAt(now).kid).toBe(kid)
    expect(headerOf(sign(keyring, now))).toMatchObject({ kid })
  })

  it('of the future verifies and is published already', () => {
    const token = sign(keyringOfJwks({ keys: [last] }))
    expect(verifyToken(token, T0, policyOf(), keyring).kind).toBe('verified')
    expect(publicJwksOf(keyring).keys.map(({ kid }) => kid)).toEqual(['ES256', 'RS256'])
  })

  it('is the last of those without a start time', () => {
    expect(keyringOfJwks({ keys: [RSA, EC] }).signingAt(T0).kid).toBe('ES256')
    expect(keyringOfJwks({ keys: [next, RSA] }).signingAt(T0 + 9 * HOUR).kid).toBe('RS256')
  })

  it('is the first to start where none has started, as after a clock was set back', () => {
    for (const keys of [
      [next, last],
      [last, next],
    ]) {
      expect(keyringOfJwks({ keys }).signingAt(T0 - HOUR).kid).toBe('ES256')
    }
    const twin = { ...next, kid: 'twin' }
    expect(keyringOfJwks({ keys: [next, twin] }).signingAt(T0 - HOUR).kid).toBe('twin')
  })

  it('changes with the keyring that is exchanged', () => {
    const exchanged = new ReplaceableKeyring(keyringOfJwks({ keys: [EC] }))
    const before = exchanged.current
    expect(sign(exchanged)).not.toBe('')
    exchanged.replace(keyringOfJwks({ keys: [RSA] }))
    expect(exchanged.current).not.toBe(before)
    expect(exchanged.signingAt(T0).kid).toBe('RS256')
    expect(exchanged.keys.map(({ kid }) => kid)).toEqual(['RS256'])
    expect([exchanged.find('ES256'), exchanged.find('RS256')?.alg]).toEqual([undefined, 'RS256'])
  })
})

describe('a published set', () => {
  const published = publicJwksOf(keyringOfJwks({ keys: [EC, RSA] }))
  const [ec, rsa] = published.keys

  it.each(['ES256', 'RS256'])('verifies what was signed by %s, and signs nothing', (alg) => {
    const keys = readPublicJwks(JSON.parse(JSON.stringify(published)))
    const key = keys?.find(alg)
    expect(key).toMatchObject({ kid: alg, alg })
    expect(key?.key.type).toBe('public')
    const token = sign(keyringOfJwks({ keys: [alg === 'ES256' ? EC : RSA] }))
    expect(keys && verifyToken(token, T0, policyOf(), keys).kind).toBe('verified')
  })

  it.each([
    ['a secret', jwkOf('HS256')],
    ['a key for something else', { ...ec, alg: 'ECDH-ES' }],
    ['a key of another curve', { ...ec, crv: 'P-384' }],
    ['a key of another kind', { ...ec, kty: 'OKP' }],
    ['a key for the other algorithm', { ...ec, alg: 'RS256' }],
    ['a key for the other algorithm, the other way', { ...rsa, alg: 'ES256' }],
    ['a key with a kty of another kind', { ...rsa, kty: 'EC' }],
    ['a key without a name', { ...ec, kid: undefined }],
    ['a name that is a number', { ...ec, kid: 7 }],
    ['an incomplete key', { ...rsa, n: undefined }],
    ['null', null],
    ['a text', 'key'],
  ])('may have %s, which is left out', (_, jwk) => {
    const keys = readPublicJwks({ keys: [jwk, { ...rsa, kid: 'right' }] })
    const { kid } = (jwk ?? {}) as { kid?: string }
    expect(keys?.find('right')?.alg).toBe('RS256')
    expect(keys?.find(kid as string)).toBeUndefined()
  })

  it.each(['P-384', 'secp256k1'])('leaves out a whole key on the curve %s', (namedCurve) => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve })
    const jwk = { ...publicKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'other' }
    expect(readPublicJwks({ keys: [jwk, rsa] })?.find('other')).toBeUndefined()
  })

  it('is none where nothing is left', () => {
    expect(readPublicJwks({ keys: [jwkOf('HS256')] })).toBeUndefined()
  })

  it('leaves out an RSA key of fewer bits', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 })
    const jwk = { ...publicKey.export({ format: 'jwk' }), alg: 'RS256', kid: 'short' }
    expect(readPublicJwks({ keys: [jwk, rsa] })?.find('short')).toBeUndefined()
  })

  it.each([[undefined], [null], ['keys'], [{}], [{ keys: {} }], [[]], [{ keys: [] }]])(
    'is not %j',
    (value) => {
      expect(readPublicJwks(value)).toBeUndefined()
    },
  )
})
