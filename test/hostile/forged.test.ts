import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decode, type Forgery, forge, KID, reforge, SECRET, seal } from '../support/forge.ts'
import { type HostileServer, parseAnswer, request, startHostileServer, type Victim } from './server.ts'

let server: HostileServer
let victim: Victim

beforeAll(async () => {
  server = await startHostileServer()
  victim = await server.addVictim('admin')
})

afterAll(() => server.close())

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 })
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const PEM = RSA.publicKey.export({ type: 'spki', format: 'pem' }) as string

const encode = (text: string) => Buffer.from(text).toString('base64url')
const parts = (token: string) => token.split('.') as [string, string, string]
const reforged = (forgery: Forgery) => (token: string) => reforge(token, forgery)
/** The same claims, in JSON of one’s own. */
const rewritten = (change: (json: string) => string) => (token: string) =>
  seal(JSON.stringify({ alg: 'HS256', typ: 'JWT', kid: KID }), change(JSON.stringify(decode(token))))

/** Attacks of RFC 8725 section 2, and what section 3 asks for, each made of the token of a living session. */
const FORGERIES: Record<string, (token: string) => string> = {
  'without a signature, alg none (2.1, 3.1, 3.2)': (token) =>
    `${encode(JSON.stringify({ alg: 'none', typ: 'JWT', kid: KID }))}.${parts(token)[1]}.`,
  'with alg none in other letters (2.1)': (token) =>
    `${encode(JSON.stringify({ alg: 'nOnE', typ: 'JWT', kid: KID }))}.${parts(token)[1]}.`,
  'with its signature left out (2.1, 3.3)': (token) => `${parts(token)[0]}.${parts(token)[1]}.`,
  'with a signature of nothing but zeros (3.3)': (token) =>
    `${parts(token)[0]}.${parts(token)[1]}.${'A'.repeat(43)}`,
  'with the first half of its signature (3.3)': (token) =>
    `${parts(token)[0]}.${parts(token)[1]}.${parts(token)[2].slice(0, 22)}`,
  'with the algorithm HS512 and the same key (2.1, 3.1)': (token) =>
    forge({ header: { alg: 'HS512' }, payload: decode(token), hash: 'sha512' }),
  'with RS256, signed by a key of its own (2.1, 3.1)': (token) => signed('RS256', token),
  'with ES256, signed by a key of its own (2.1, 3.1)': (token) => signed('ES256', token),
  'with a public key for an HMAC secret (2.1)': reforged({ secret: PEM }),
  'with a public key for an HMAC secret, called RS256 (2.1)': reforged({
    header: { alg: 'RS256' },
    secret: PEM,
  }),
  'with a weak secret (2.2, 3.5)': reforged({ secret: 'secret' }),
  'with an empty secret (2.2, 3.5)': reforged({ secret: '' }),
  'with the name of the key for a secret (2.2)': reforged({ secret: KID }),
  'with another payload under the old signature (3.3)': (token) =>
    `${parts(token)[0]}.${encode(JSON.stringify({ ...decode(token), sub: 'root' }))}.${parts(token)[2]}`,
  'compressed (2.4, 3.6)': (token) => {
    const head = encode(JSON.stringify({ alg: 'HS256', typ: 'JWT', kid: KID, zip: 'DEF' }))
    const text = `${head}.${deflateRawSync(JSON.stringify(decode(token))).toString('base64url')}`
    return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`
  },
  'as the payload of another token (2.3)': (token) =>
    seal(JSON.stringify({ alg: 'HS256', typ: 'JWT', kid: KID, cty: 'JWT' }), token),
  'with claims in UTF-16 (2.6, 3.7)': (token) => {
    const text = `${parts(token)[0]}.${Buffer.from(JSON.stringify(decode(token)), 'utf16le').toString('base64url')}`
    return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`
  },
  'of another issuer (2.7, 3.8)': reforged({ payload: { iss: 'another' } }),
  'without an issuer (3.8)': reforged({ payload: { iss: undefined } }),
  'with a list of issuers (3.8)': reforged({ payload: { iss: ['sliding-jwt'] } }),
  'without a subject (3.8)': reforged({ payload: { sub: undefined } }),
  'with an empty subject (3.8)': reforged({ payload: { sub: '' } }),
  'with a subject that is no text (3.8)': reforged({ payload: { sub: { id: 'root' } } }),
  'for another audience (2.7, 3.9)': reforged({ payload: { aud: 'another' } }),
  'without an audience (3.9)': reforged({ payload: { aud: undefined } }),
  'for an audience that begins like ours (3.9)': reforged({ payload: { aud: 'sliding-jwt.example' } }),
  'of another type (2.8, 3.11)': reforged({ header: { typ: 'at+jwt' } }),
  'without a type (2.8, 3.11)': reforged({ header: { typ: undefined } }),
  'of another kind with the same key, without a generation (2.8, 3.12)': reforged({
    payload: { gen: undefined },
  }),
  'of another kind with the same key, without a session (2.8, 3.12)': reforged({
    payload: { jti: undefined },
  }),
  'with the address of a key (2.9, 3.10)': reforged({ header: { jku: 'http://127.0.0.1:9/keys' } }),
  'with the address of a certificate (2.9, 3.10)': reforged({ header: { x5u: 'http://127.0.0.1:9/cert' } }),
  'with a key of its own (3.10)': reforged({ header: { jwk: { kty: 'oct', k: encode('x'.repeat(32)) } } }),
  'with a path for the name of a key (2.9, 3.10)': reforged({
    header: { kid: '../../../dev/null' },
    secret: '',
  }),
  'with SQL for the name of a key (2.9, 3.10)': reforged({
    header: { kid: "x' UNION SELECT 'k" },
    secret: 'k',
  }),
  'with a name of a key that every object has (3.10)': reforged({ header: { kid: '__proto__' }, secret: '' }),
  'with parameters that must be understood (RFC 7515 4.1.11)': reforged({
    header: { crit: ['exp'], exp: 0 },
  }),
  'with an unencoded payload (RFC 7797)': reforged({ header: { b64: false, crit: ['b64'] } }),
  'not valid yet': reforged({ payload: { nbf: 4_000_000_000 } }),
  'that expires never': rewritten((json) => json.replace(/"exp":[\d.]+/, '"exp":1e999')),
  'without an expiry': reforged({ payload: { exp: undefined } }),
}

/** What is no token at all (2.6: other forms of the same thing). */
const NO_TOKENS: Record<string, (token: string) => string> = {
  'in the JSON form of JWS (2.6)': (token) => {
    const [head, payload, signature] = parts(token)
    return JSON.stringify({ protected: head, payload, signature })
  },
  'encrypted, in five parts (2.3, 2.5)': (token) => `${parts(token)[0]}.a.b.c.d`,
  'with padding (2.6)': (token) => `${token}=`,
  'in the alphabet of base64 (2.6)': (token) => `${token.slice(0, -2)}+/`,
  'with a fourth part (2.6)': (token) => `${token}.${parts(token)[2]}`,
}

function signed(alg: 'RS256' | 'ES256', token: string): string {
  const text = `${encode(JSON.stringify({ alg, typ: 'JWT', kid: KID }))}.${parts(token)[1]}`
  const key = alg === 'RS256' ? RSA.privateKey : { key: EC.privateKey, dsaEncoding: 'ieee-p1363' as const }
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

const AGES = ['fresh', 'expired'] as const
const TARGETS = ['GET /me', 'GET /verify', 'GET /admin/users', 'DELETE /me/sessions', 'POST /logout']

async function ask(line: string, token: string) {
  return parseAnswer(await server.raw(request(line, [`Authorization: Bearer ${token}`])))
}

describe.each(AGES)('a forged token, %s,', (age) => {
  it.each([
    ...Object.entries(FORGERIES).map(([name, forgery]) => [name, forgery, 'token_invalid'] as const),
    ...Object.entries(NO_TOKENS).map(([name, forgery]) => [name, forgery, 'token_malformed'] as const),
  ])('%s', async (_name, forgery, code) => {
    const before = await server.database.sessions.find(victim.jti)
    for (const line of TARGETS) {
      const answer = await ask(line, forgery(victim[age]))
      expect(answer?.status).toBe(401)
      expect(JSON.parse(answer?.body ?? '')).toMatchObject({ code })
      expect(answer?.headers.get('www-authenticate')).toContain('error="invalid_token"')
      expect(answer?.headers.has('x-jwt')).toBe(false)
    }
    expect(await server.database.sessions.find(victim.jti)).toEqual(before)
  })

  it('but the token that they were made of is let in', async () => {
    const own = await server.addVictim('admin')
    const answer = await ask('GET /admin/users', own[age])
    expect(answer?.status).toBe(200)
    expect(answer?.headers.has('x-jwt')).toBe(age === 'expired')
  })
})

it('a right signature alone lets nobody in: there is no such session', async () => {
  const token = reforge(victim.fresh, { payload: { jti: 'AQIDBAUGBwgJCgsMDQ4PEA' } })
  expect(JSON.parse((await ask('GET /me', token))?.body ?? '')).toMatchObject({ code: 'session_unknown' })
})
