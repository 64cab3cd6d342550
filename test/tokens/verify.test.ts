import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Presented } from '../../src/protocol/types.ts'
import { keyringOfSecrets } from '../../src/tokens/keyring.ts'
import { kidOf, TOKEN_LENGTH, verifyToken } from '../../src/tokens/verify.ts'
import { decode, type Forgery, forge, KID, payloadOf, SECRET, seal } from '../support/forge.ts'
import { DAY, MINUTE, policyOf, SECOND, T0 } from '../support/records.ts'

const KEYRING = keyringOfSecrets(SECRET)
const POLICY = policyOf()
const FRESH = T0 + MINUTE
const EXPIRED = T0 + DAY

/** Every forgery is tried while it is fresh and after it expired: `exp` must decide nothing here. */
const TIMES = [
  ['fresh', FRESH],
  ['expired', EXPIRED],
] as const

function verify(token: string, now = FRESH, policy = POLICY): Presented {
  return verifyToken(token, now, policy, KEYRING)
}

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 })
const RSA_PEM = RSA.publicKey.export({ type: 'spki', format: 'pem' }) as string

const INVALID: Record<string, Forgery> = {
  'another audience': { payload: { aud: 'another' } },
  'an audience that begins like ours': { payload: { aud: 'sliding-jwt-2' } },
  'no audience': { payload: { aud: undefined } },
  'an empty list of audiences': { payload: { aud: [] } },
  'an audience that is no text': { payload: { aud: { 'sliding-jwt': true } } },
  'another issuer': { payload: { iss: 'another' } },
  'no issuer': { payload: { iss: undefined } },
  'a list of issuers with ours': { payload: { iss: ['sliding-jwt'] } },
  'an issuer of another case': { payload: { iss: 'Sliding-JWT' } },
  'another type': { header: { typ: 'at+jwt' } },
  'a type of another case': { header: { typ: 'jwt' } },
  'no type': { header: { typ: undefined } },
  'a type that is no text': { header: { typ: ['JWT'] } },
  'an unknown key': { header: { kid: 'AAAAAAAAAAA' } },
  'no kid': { header: { kid: undefined } },
  'an empty kid': { header: { kid: '' } },
  'a kid that is a path': { header: { kid: '../../../../dev/null' }, secret: '' },
  'a kid that is a number': { header: { kid: 0 } },
  'a kid that is a list': { header: { kid: [KID] } },
  'a kid that every object has': { header: { kid: 'constructor' } },
  'the algorithm HS512': { header: { alg: 'HS512' }, hash: 'sha512' },
  'the algorithm HS384': { header: { alg: 'HS384' }, hash: 'sha384' },
  'the algorithm HS512 over a signature of HS256': { header: { alg: 'HS512' } },
  'the algorithm hs256': { header: { alg: 'hs256' } },
  'no algorithm': { header: { alg: undefined } },
  'an algorithm that is a list': { header: { alg: ['HS256'] } },
  'the algorithm none over a signature': { header: { alg: 'none' } },
  'the algorithm RS256 over a signature of HS256': { header: { alg: 'RS256' } },
  crit: { header: { crit: ['exp'] } },
  'an empty crit': { header: { crit: [] } },
  jku: { header: { jku: 'https://attacker.example/jwks.json' } },
  jwk: { header: { jwk: { kty: 'oct', k: 'AAAA' } } },
  x5u: { header: { x5u: 'https://attacker.example/cert.pem' } },
  x5c: { header: { x5c: ['AAAA'] } },
  x5t: { header: { x5t: 'AAAA' } },
  b64: { header: { b64: false } },
  zip: { header: { zip: 'DEF' } },
  cty: { header: { cty: 'JWT' } },
  'nbf in the future': { payload: { nbf: EXPIRED / 1000 + 60 } },
  'nbf that is no number': { payload: { nbf: '0' } },
  'another secret': { secret: 'another secret of the tests, 32 bytes or longer' },
  'an empty secret': { secret: '' },
  'a secret cut at its end': { secret: SECRET.slice(0, -1) },
  'the kid for a secret': { secret: KID },
  'no jti': { payload: { jti: undefined } },
  'an empty jti': { payload: { jti: '' } },
  'a jti that is a number': { payload: { jti: 1234567890123456 } },
  'a jti of 15 bytes': { payload: { jti: 'AQIDBAUGBwgJCgsMDQ4P' } },
  'a jti of 17 bytes': { payload: { jti: 'AQIDBAUGBwgJCgsMDQ4PEBE' } },
  'a jti that is not canonical': { payload: { jti: 'AQIDBAUGBwgJCgsMDQ4PEB' } },
  'a jti with a sign of base64': { payload: { jti: '+/IDBAUGBwgJCgsMDQ4PEA' } },
  'a jti that is a list': { payload: { jti: ['AQIDBAUGBwgJCgsMDQ4PEA'] } },
  'no gen': { payload: { gen: undefined } },
  'a gen that is null': { payload: { gen: null } },
  'a gen below 0': { payload: { gen: -1 } },
  'a gen with a fraction': { payload: { gen: 0.5 } },
  'a gen that is text': { payload: { gen: '0' } },
  'a gen beyond what counts exactly': { payload: { gen: 2 ** 53 } },
  'no sub': { payload: { sub: undefined } },
  'an empty sub': { payload: { sub: '' } },
  'a sub that is a number': { payload: { sub: 7 } },
  'a sub that is an object': { payload: { sub: { id: 'ada' } } },
  'no exp': { payload: { exp: undefined } },
  'an exp that is text': { payload: { exp: '1800000900' } },
  'an exp that is null': { payload: { exp: null } },
  'no iat': { payload: { iat: undefined } },
  'an iat that is text': { payload: { iat: 'now' } },
  'no auth_time': { payload: { auth_time: undefined } },
  'an auth_time that is text': { payload: { auth_time: '2027-01-15' } },
  'an auth_time that is a list': { payload: { auth_time: [T0 / 1000] } },
  'an exp beyond all time': { payload: { exp: 2e307 } },
  'an iat whose milliseconds cannot be told apart': { payload: { iat: 1e16 } },
}

describe('a forged token is invalid', () => {
  for (const [when, now] of TIMES) {
    it.each(Object.entries(INVALID))(`${when}, with %s`, (_, forgery) => {
      expect(verify(forge(forgery), now)).toEqual({ kind: 'invalid' })
    })
  }

  const HEADER = JSON.stringify({ alg: 'HS256', typ: 'JWT', kid: KID })

  it.each([
    ['an object in a list', '[{}]'],
    ['an empty list', '[]'],
    ['a text', '"ada"'],
    ['a number', '7'],
    ['null', 'null'],
    ['true', 'true'],
    ['no JSON', '{"sub": "ada"'],
    ['an empty object', '{}'],
    ['the exp of infinity', JSON.stringify(payloadOf()).replace(/"exp":\d+/, '"exp":1e999')],
  ])('with a payload that is %s', (_, payload) => {
    for (const [, now] of TIMES) expect(verify(seal(HEADER, payload), now)).toEqual({ kind: 'invalid' })
  })

  it('unsecured, as RFC 7515 appendix A.5 has it', () => {
    for (const alg of ['none', 'None', 'NONE', 'HS256']) {
      const [header, payload] = forge({ header: { alg } }).split('.')
      for (const [, now] of TIMES) expect(verify(`${header}.${payload}.`, now)).toEqual({ kind: 'invalid' })
    }
  })

  it('signed by RSA, under a kid of ours', () => {
    const [header, payload] = forge({ header: { alg: 'RS256' } }).split('.')
    const signature = sign('sha256', Buffer.from(`${header}.${payload}`), RSA.privateKey).toString(
      'base64url',
    )
    for (const [, now] of TIMES) {
      expect(verify(`${header}.${payload}.${signature}`, now)).toEqual({ kind: 'invalid' })
    }
  })

  it('signed by HS256 with a public key for a secret, under either name', () => {
    for (const alg of ['HS256', 'RS256']) {
      for (const [, now] of TIMES) {
        expect(verify(forge({ header: { alg }, secret: RSA_PEM }), now)).toEqual({ kind: 'invalid' })
      }
    }
  })

  it('with any bit of its signature flipped', () => {
    const token = forge()
    const start = token.lastIndexOf('.') + 1
    for (let index = start; index < token.length; index += 1) {
      const flipped = token[index] === 'A' ? 'B' : 'A'
      const other = token.slice(0, index) + flipped + token.slice(index + 1)
      expect(verify(other)).toEqual({ kind: 'invalid' })
    }
  })

  it('with any character of its payload changed, at the least', () => {
    const token = forge()
    const [start, end] = [token.indexOf('.') + 1, token.lastIndexOf('.')]
    for (let index = start; index < end; index += 1) {
      const changed = token[index] === 'e' ? 'f' : 'e'
      expect(verify(token.slice(0, index) + changed + token.slice(index + 1)).kind).toBe('invalid')
    }
  })

  it('with the unused bits of its last character set, which decode to the same signature', () => {
    const token = forge()
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(token.at(-1) ?? '')
    for (const bits of [1, 2, 3]) {
      expect(verify(token.slice(0, -1) + alphabet[last ^ bits])).toEqual({ kind: 'invalid' })
    }
  })

  it('with the signature of another token', () => {
    const [header, payload] = forge({ payload: { sub: 'eve' } }).split('.')
    const signature = forge().split('.')[2]
    expect(verify(`${header}.${payload}.${signature}`)).toEqual({ kind: 'invalid' })
  })

  it('of a key that signs no more', () => {
    const keyring = keyringOfSecrets('a quite different secret, 32 bytes or longer')
    for (const [, now] of TIMES) {
      expect(verifyToken(forge(), now, POLICY, keyring)).toEqual({ kind: 'invalid' })
    }
  })
})

describe('what is no JWT is malformed', () => {
  const token = forge()
  const [header = '', payload = '', signature = ''] = token.split('.')
  const encode = (text: string) => Buffer.from(text).toString('base64url')

  it.each([
    ['nothing', ''],
    ['a word', 'abc'],
    ['two parts', `${header}.${payload}`],
    ['four parts', `${token}.${signature}`],
    ['five parts, as an encrypted one has', `${header}.a.b.c.d`],
    ['no header', `.${payload}.${signature}`],
    ['no payload', `${header}..${signature}`],
    ['dots alone', '..'],
    ['a blank before', ` ${token}`],
    ['a blank behind', `${token} `],
    ['a line behind', `${token}\n`],
    ['a padding', `${token}=`],
    ['the alphabet of base64', `${header}.${payload}.ab+/`],
    ['two of them', `${token},${token}`],
    ['a header that is no JSON', `${encode('{"alg":"HS256"')}.${payload}.${signature}`],
    ['a header that is text', `${encode('"HS256"')}.${payload}.${signature}`],
    ['a header that is null', `${encode('null')}.${payload}.${signature}`],
    ['a header that is a list', `${encode('[]')}.${payload}.${signature}`],
    ['a header that is a number', `${encode('7')}.${payload}.${signature}`],
    ['a header cut at its end', `${header.slice(0, -4)}.${payload}.${signature}`],
    ['too long', forge({ payload: { filler: 'x'.repeat(TOKEN_LENGTH) } })],
    ['far too long', 'a'.repeat(1_000_000)],
  ])('%s', (_, text) => {
    for (const [, now] of TIMES) expect(verify(text, now)).toEqual({ kind: 'malformed' })
  })

  it('a token of the greatest length is looked at', () => {
    const empty = forge({ payload: { filler: '' } })
    const filler = 'x'.repeat(Math.floor(((TOKEN_LENGTH - empty.length) * 3) / 4))
    const longest = forge({ payload: { filler } })
    expect(longest.length).toBeGreaterThan(TOKEN_LENGTH - 4)
    expect(longest.length).toBeLessThanOrEqual(TOKEN_LENGTH)
    expect(verify(longest).kind).toBe('verified')
  })

  it('a payload cut at its end is invalid, as its signature is', () => {
    expect(verify(`${header}.${payload.slice(0, -1)}.${signature}`)).toEqual({ kind: 'invalid' })
    expect(verify(token.slice(0, -1))).toEqual({ kind: 'invalid' })
  })
})

describe('a right token is verified', () => {
  it.each(TIMES)('%s', (_, now) => {
    const token = forge({ payload: { gen: 3, role: 'admin', name: 'Ada', exp: T0 / 1000 + 1.5 } })
    expect(verify(token, now)).toEqual({
      kind: 'verified',
      token: {
        jti: 'AQIDBAUGBwgJCgsMDQ4PEA',
        userId: 'ada',
        gen: 3,
        issuedAt: T0,
        expiresAt: T0 + 1_500,
        authTime: T0,
        claims: { role: 'admin', name: 'Ada' },
      },
    })
  })

  it('with ours among several audiences (RFC 7519 section 4.1.3)', () => {
    expect(verify(forge({ payload: { aud: ['another', 'sliding-jwt'] } })).kind).toBe('verified')
  })

  it('with an nbf that has come', () => {
    const now = FRESH
    expect(verify(forge({ payload: { nbf: now / 1000 } }), now)).toMatchObject({
      kind: 'verified',
      token: { claims: {} },
    })
    expect(verify(forge({ payload: { nbf: now / 1000 + 1 } }), now)).toEqual({ kind: 'invalid' })
  })

  it('with an nbf that comes within the leeway', () => {
    const token = forge({ payload: { nbf: (FRESH + 5 * SECOND) / 1000 } })
    expect(verify(token, FRESH, policyOf({ leeway: '5s' })).kind).toBe('verified')
    expect(verify(token, FRESH, policyOf({ leeway: '4s' }))).toEqual({ kind: 'invalid' })
  })

  it('for the issuer and the audience of the policy', () => {
    const policy = policyOf({ issuer: 'https://id.example', audience: 'shop' })
    const right = forge({ payload: { iss: 'https://id.example', aud: 'shop' } })
    expect(verify(right, FRESH, policy).kind).toBe('verified')
    expect(verify(right, FRESH)).toEqual({ kind: 'invalid' })
    expect(verify(forge(), FRESH, policy)).toEqual({ kind: 'invalid' })
  })

  it('and cannot be changed afterwards', () => {
    const presented = verify(forge({ payload: { role: 'user' } }))
    if (presented.kind !== 'verified') return expect.fail(presented.kind)
    expect(Object.isFrozen(presented.token)).toBe(true)
    expect(Object.isFrozen(presented.token.claims)).toBe(true)
  })

  it('and a claim with a name that objects have is but a claim', () => {
    const token = seal(
      JSON.stringify({ alg: 'HS256', typ: 'JWT', kid: KID }),
      JSON.stringify(payloadOf()).replace('{', '{"__proto__":{"role":"admin"},"constructor":1,'),
    )
    const presented = verify(token)
    if (presented.kind !== 'verified') return expect.fail(presented.kind)
    expect(presented.token.claims['role']).toBeUndefined()
    expect(Object.getPrototypeOf(presented.token.claims)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>)['role']).toBeUndefined()
  })

  it('the forgeries differ from it in what they are named for and nothing else', () => {
    expect(verify(forge()).kind).toBe('verified')
    expect(decode(forge())).toEqual(payloadOf())
  })
})

describe('kidOf', () => {
  it('names the key of a token, whoever signed it', () => {
    expect(kidOf(forge({ header: { kid: 'some key' }, secret: 'x'.repeat(32) }))).toBe('some key')
  })

  it.each([
    ['no JWT', 'token'],
    ['a kid that is no text', forge({ header: { kid: 7 } })],
    ['no kid', forge({ header: { kid: undefined } })],
    ['a header that is no object', `${Buffer.from('[]').toString('base64url')}.e30.x`],
    ['a token that is too long', forge({ payload: { filler: 'x'.repeat(TOKEN_LENGTH) } })],
  ])('finds none in %s', (_, token) => {
    expect(kidOf(token)).toBeUndefined()
  })
})
