import { createHmac, createSecretKey } from 'node:crypto'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { signMessage } from '../../src/channel/signature.ts'
import { resourceServer } from '../../src/resource/index.ts'
import { keyringOfJwks } from '../../src/tokens/jwks.ts'
import { signToken } from '../../src/tokens/sign.ts'
import { tokenOf } from '../support/app.ts'
import { decode, seal } from '../support/forge.ts'
import { jwkOf } from '../support/keys.ts'
import { MINUTE, policyOf, recordOf, SECOND } from '../support/records.ts'
import { CHROME } from '../support/user-agents.ts'
import { BILLING_KEY, type Household, ORDERS_KEY, startHousehold } from './household.ts'

const CLIENT = { ip: '127.0.0.1', userAgent: CHROME }

interface Forgery {
  readonly audience?: string
  readonly key?: string
  readonly path?: string
  readonly sentTo?: string
  readonly body?: unknown
  readonly sentBody?: string
  readonly at?: number
}

/** A request to `/renew` as a server makes it that is in wrong hands. */
function requestOf(token: string, now: number, forgery: Forgery = {}) {
  const {
    audience = 'orders',
    key = ORDERS_KEY,
    path = '/renew',
    body = { token, client: CLIENT, strict: false },
  } = forgery
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const message = { method: 'POST', path, body: text }
  const headers = signMessage(message, audience, createSecretKey(Buffer.from(key)), forgery.at ?? now)
  return { headers, body: forgery.sentBody ?? text, path: forgery.sentTo ?? path }
}

function send({ auth }: Household, { headers, body, path }: ReturnType<typeof requestOf>) {
  return request(auth.server)
    .post(path)
    .set({ ...headers, 'Content-Type': 'application/json' })
    .send(body)
}

/** A household with an expired token of a session that is live. */
async function withExpired() {
  const household = await startHousehold()
  const token = await household.auth.login()
  household.auth.clock.advance(16 * MINUTE)
  return { household, token, now: household.auth.clock.now() }
}

describe('POST /renew', () => {
  it('renews for a server whose key it knows, once', async () => {
    const { household, token, now } = await withExpired()
    const asked = requestOf(token, now)
    const { body, headers } = await send(household, asked).expect(200)
    expect(body).toMatchObject({ kind: 'pass', claims: { role: 'user' }, token: expect.any(String) })
    expect(headers['cache-control']).toBe('no-store')
    const again = await send(household, asked).expect(403)
    expect(again.body).toMatchObject({ code: 'forbidden', detail: 'The request was sent before.' })
    expect(household.auth.row(token)).toMatchObject({ issued: 1 })
  })

  it.each<[string, Forgery, string]>([
    ['signed with no key that is known', { key: 'x'.repeat(32) }, 'signature'],
    ['of a server that is not known', { audience: 'nobody' }, 'signature'],
    ['in the name of another server', { audience: 'billing' }, 'signature'],
    ['in the name of the auth server itself', { audience: 'sliding-jwt' }, 'signature'],
    ['with another body than was signed', { sentBody: '{"token":"x"}' }, 'signature'],
    ['signed for another path', { path: '/logout', sentTo: '/renew' }, 'signature'],
    ['from long ago', { at: -31 * SECOND }, 'too old'],
    ['from a time to come', { at: 31 * SECOND }, 'too old'],
  ])('refuses a request %s, and renews nothing', async (_, forgery, detail) => {
    const { household, token, now } = await withExpired()
    const at = forgery.at === undefined ? now : now + forgery.at
    const { body } = await send(household, requestOf(token, now, { ...forgery, at })).expect(403)
    expect(body.code).toBe('forbidden')
    expect(body.detail).toContain(detail)
    expect(household.auth.row(token)).toMatchObject({ issued: 0 })
  })

  it('refuses a client that asks for itself, with its token or without', async () => {
    const { household, token } = await withExpired()
    const { body } = await household.auth.send('post', '/renew', token).expect(403)
    expect(body.code).toBe('forbidden')
    expect(household.auth.row(token)).toMatchObject({ issued: 0 })
  })

  it.each<[string, unknown, number, string]>([
    ['no JSON', '{', 400, 'body_invalid'],
    ['null', 'null', 400, 'body_invalid'],
    ['no token', { client: CLIENT }, 400, 'body_invalid'],
    ['a token that is no text', { token: ['a'], client: CLIENT }, 400, 'body_invalid'],
    ['no client', { token: 'a' }, 400, 'body_invalid'],
    ['a client that is null', { token: 'a', client: null }, 400, 'body_invalid'],
    ['half a client', { token: 'a', client: { ip: '127.0.0.1' } }, 400, 'body_invalid'],
    ['a body that is too large', { token: 'a'.repeat(20_000), client: CLIENT }, 413, 'payload_too_large'],
  ])('refuses %s', async (_, body, status, code) => {
    const { household, token, now } = await withExpired()
    const answer = await send(household, requestOf(token, now, { body })).expect(status)
    expect(answer.body.code).toBe(code)
  })

  it.each([
    ['no token', '', 'token_malformed'],
    ['no JWT', 'token', 'token_malformed'],
    ['a JWT that nobody signed', `${'e30.'.repeat(2)}x`, 'token_invalid'],
  ])('judges %s like any other token', async (_, token, code) => {
    const { household, now } = await withExpired()
    const { body } = await send(household, requestOf(token, now)).expect(200)
    expect(body).toEqual({ kind: 'refuse', code })
  })

  it('refuses everybody where no resource server is known', async () => {
    const household = await startHousehold({ auth: { resources: undefined } })
    const token = await household.auth.login()
    expect(decode(token)['aud']).toBe('sliding-jwt')
    await send(household, requestOf(token, household.auth.clock.now())).expect(403)
  })
})

describe('a resource server in wrong hands', () => {
  /** A token of a live session that is for all but `orders`, as one from before `orders` was set up. */
  async function tokenForOthers(household: Household, audiences = ['billing']): Promise<string> {
    const { session } = (await household.auth.send('post', '/login/ada').expect(200)).body
    const [row] = (await household.auth.sessions.list('ada')).filter(({ jti }) => jti === session.jti)
    const record = recordOf({ jti: row?.jti ?? '', createdAt: household.auth.clock.now() })
    const keyring = keyringOfJwks({ keys: [jwkOf('ES256')] })
    return signToken(record, { role: 'user' }, household.auth.clock.now(), policyOf(), keyring, audiences)
  }

  it('can renew no token that is for other audiences only', async () => {
    const household = await startHousehold()
    const { auth, get } = household
    const token = await tokenForOthers(household)
    auth.clock.advance(16 * MINUTE)
    const { body } = await send(household, requestOf(token, auth.clock.now())).expect(200)
    expect(body).toEqual({ kind: 'refuse', code: 'token_invalid' })
    expect((await get('/orders', token).expect(401)).body.code).toBe('token_invalid')
    expect(auth.row(token)).toMatchObject({ issued: 0, valid: 1 })

    const forBilling = requestOf(token, auth.clock.now(), { audience: 'billing', key: BILLING_KEY })
    expect((await send(household, forBilling).expect(200)).body).toMatchObject({ kind: 'pass' })
  })

  it('can renew no token that is for itself, but not for the auth server', async () => {
    const household = await startHousehold()
    const { auth } = household
    const keyring = keyringOfJwks({ keys: [jwkOf('ES256')] })
    const foreign = signToken(recordOf(), {}, auth.clock.now(), policyOf({ audience: 'orders' }), keyring)
    const { body } = await send(household, requestOf(foreign, auth.clock.now())).expect(200)
    expect(body).toEqual({ kind: 'refuse', code: 'token_invalid' })
  })

  it('can make no token: neither its shared key nor the public key signs anything', async () => {
    const household = await startHousehold()
    const { auth, get } = household
    const billing = resourceServer({
      authServer: `http://127.0.0.1:${auth.port}`,
      audience: 'billing',
      key: BILLING_KEY,
      now: auth.clock.now,
    })
    const token = await auth.login()
    const payload = JSON.stringify({ ...decode(token), sub: 'root', role: 'admin' })
    const { keys } = (await request(auth.server).get('/.well-known/jwks.json').expect(200)).body
    const secrets = [ORDERS_KEY, JSON.stringify(keys[0]), keys[0].x]
    for (const secret of secrets) {
      for (const [alg, kid] of [
        ['HS256', 'ES256'],
        ['HS256', 'orders'],
        ['ES256', 'ES256'],
        ['none', 'ES256'],
      ]) {
        const forged = seal(JSON.stringify({ alg, typ: 'JWT', kid }), payload, secret)
        expect((await auth.get('/whoami', forged).expect(401)).body.code).toBe('token_invalid')
        expect((await get('/admin', forged).expect(401)).body.code).toBe('token_invalid')
        expect(await billing.verify(forged, CLIENT)).toEqual({ kind: 'refuse', code: 'token_invalid' })
      }
    }
  })

  it('gets what the engine gives, and never claims of its own', async () => {
    const { household, token, now } = await withExpired()
    const body = { token, client: CLIENT, strict: false, claims: { role: 'admin' }, sub: 'root', aud: 'all' }
    const answer = await send(household, requestOf(token, now, { body })).expect(200)
    expect(decode(answer.body.token)).toMatchObject({ sub: 'ada', role: 'user', gen: 1 })
  })

  it('that uses a copy beside its owner is found like any thief', async () => {
    const { household, token, now } = await withExpired()
    await send(household, requestOf(token, now)).expect(200)
    household.auth.clock.advance(2 * MINUTE)
    const owner = tokenOf(await household.auth.get('/whoami', token).expect(200)) ?? ''
    await household.auth.get('/whoami', owner).expect(200)
    household.auth.clock.advance(16 * MINUTE)
    const again = await send(household, requestOf(token, household.auth.clock.now())).expect(200)
    expect(again.body).toEqual({ kind: 'refuse', code: 'token_reused' })
  })

  it('cannot pass for another one by its secret in another form', async () => {
    const { household, token, now } = await withExpired()
    const derived = createHmac('sha256', ORDERS_KEY).update('billing').digest('base64')
    await send(household, requestOf(token, now, { audience: 'billing', key: derived })).expect(403)
  })
})
