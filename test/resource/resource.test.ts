import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/resource/index.ts'
import { tokenOf } from '../support/app.ts'
import { decode } from '../support/forge.ts'
import { jwkOf } from '../support/keys.ts'
import { MINUTE, SECOND } from '../support/records.ts'
import { CHROME, FIREFOX } from '../support/user-agents.ts'
import { startHousehold } from './household.ts'

describe('a fresh token', () => {
  it.each(['ES256', 'RS256'] as const)('of %s is judged by the public key alone', async (alg) => {
    const { auth, get, asked } = await startHousehold({ keys: [jwkOf(alg)] })
    const token = await auth.login()
    const { body, headers } = await get('/orders', token).expect(200)
    expect(body).toMatchObject({ userId: 'ada', claims: { role: 'user' }, renewed: false })
    expect(headers['x-jwt']).toBeUndefined()
    for (let count = 0; count < 3; count += 1) await get('/orders', token).expect(200)
    expect(asked).toEqual(['GET /.well-known/jwks.json'])
  })

  it('is one token for all: it has every audience', async () => {
    const { auth } = await startHousehold()
    expect(decode(await auth.login())['aud']).toEqual(['sliding-jwt', 'orders', 'billing'])
  })

  it.each([
    ['no token', undefined, 'token_missing', 'Bearer realm="sliding-jwt"'],
    ['no JWT', 'token', 'token_malformed', 'Bearer realm="sliding-jwt", error="invalid_token"'],
  ])('is missed: %s', async (_, token, code, challenge) => {
    const { get } = await startHousehold()
    const { body, headers } = await get('/orders', token).expect(401)
    expect(body.code).toBe(code)
    expect(headers['www-authenticate']).toBe(challenge)
  })

  it('meets the rules of a route', async () => {
    const { auth, get } = await startHousehold()
    const [ada, root] = [await auth.login('ada'), await auth.login('root')]
    const { body } = await get('/admin', ada).expect(403)
    expect(body.code).toBe('forbidden')
    await get('/admin', root).expect(200)
  })
})

describe('an expired token', () => {
  it('is renewed, and the answer carries the new one', async () => {
    const { auth, get, asked } = await startHousehold()
    const token = await auth.login()
    await get('/orders', token).expect(200)
    auth.clock.advance(16 * MINUTE)
    const answer = await get('/orders', token).expect(200)
    expect(answer.body).toMatchObject({ userId: 'ada', renewed: true })
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'access-control-expose-headers': 'X-JWT',
    })
    const renewed = tokenOf(answer) ?? ''
    expect(decode(renewed)).toMatchObject({ gen: 1, sub: 'ada', aud: ['sliding-jwt', 'orders', 'billing'] })
    // The keys are a quarter of an hour old by now, and are fetched anew beside.
    expect(asked.toSorted()).toEqual([
      'GET /.well-known/jwks.json',
      'GET /.well-known/jwks.json',
      'POST /renew',
    ])
    await get('/orders', renewed).expect(200)
    await auth.get('/whoami', renewed).expect(200)
    expect(asked).toHaveLength(3)
  })

  it('tells the auth server who the client is: its address and its browser', async () => {
    const { auth, get } = await startHousehold()
    const token = await auth.login()
    auth.clock.advance(16 * MINUTE)
    await get('/orders', token, { 'X-Forwarded-For': '203.0.113.9' }).expect(200)
    expect(auth.row(token)).toMatchObject({ last_ip: '203.0.113.9' })
    expect(auth.events.filter(({ name }) => name === 'session.moved')).toMatchObject([
      { event: { to: '203.0.113.9' } },
    ])
  })

  it('from another browser is refused by the fingerprint', async () => {
    const { auth, get } = await startHousehold()
    const token = await auth.login()
    auth.clock.advance(16 * MINUTE)
    const { body } = await get('/orders', token, { 'User-Agent': FIREFOX }).expect(401)
    expect(body.code).toBe('fingerprint_mismatch')
    await get('/orders', token).expect(200)
  })

  it('that another one replaced ends the session, here as anywhere', async () => {
    const { auth, get } = await startHousehold()
    const token = await auth.login()
    auth.clock.advance(16 * MINUTE)
    const renewed = tokenOf(await get('/orders', token).expect(200)) ?? ''
    auth.clock.advance(16 * MINUTE)
    await get('/orders', renewed).expect(200)
    const { body } = await get('/orders', token).expect(401)
    expect(body.code).toBe('token_reused')
    expect((await auth.get('/whoami', renewed).expect(401)).body.code).toBe('session_revoked')
  })

  it.each([
    ['a session that is over', 31 * 24 * 60, 'session_expired'],
    ['a session that was idle', 8 * 24 * 60, 'session_idle'],
  ])('of %s is refused', async (_, minutes, code) => {
    const { auth, get } = await startHousehold()
    const token = await auth.login()
    auth.clock.advance(minutes * MINUTE)
    expect((await get('/orders', token).expect(401)).body.code).toBe(code)
  })

  it('in parallel: all get their answer, one renewal is asked for and written, one answer carries the token', async () => {
    const { auth, get, renewals } = await startHousehold()
    const token = await auth.login()
    auth.clock.advance(16 * MINUTE)
    const answers = await Promise.all(Array.from({ length: 8 }, () => get('/orders', token)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
    expect(answers.filter((answer) => tokenOf(answer) !== undefined)).toHaveLength(1)
    expect(answers.filter(({ body }) => body.renewed)).toHaveLength(1)
    expect(auth.row(token)).toMatchObject({ issued: 1 })
    expect(renewals()).toBeLessThan(8)
    await get('/orders', token).expect(200)
  })
})

describe('revocation', () => {
  it('counts at the next renewal, and on strict routes on the very next request', async () => {
    const { auth, get, renewals } = await startHousehold()
    const token = await auth.login()
    await get('/strict', token).expect(200)
    await auth.sessions.revokeAll('ada')
    expect((await get('/strict', token).expect(401)).body.code).toBe('session_revoked')
    await get('/orders', token).expect(200)
    expect(renewals()).toBe(2)
    auth.clock.advance(16 * MINUTE)
    expect((await get('/orders', token).expect(401)).body.code).toBe('session_revoked')
  })

  it('counts on strict routes after strictMaxAge at the latest, where one is chosen', async () => {
    const { auth, get, renewals } = await startHousehold({ resource: { strictMaxAge: '5s' } })
    const token = await auth.login()
    await get('/strict', token).expect(200)
    await auth.sessions.revokeAll('ada')
    auth.clock.advance(5 * SECOND - 1)
    await get('/strict', token).expect(200)
    expect(renewals()).toBe(1)
    auth.clock.advance(1)
    expect((await get('/strict', token).expect(401)).body.code).toBe('session_revoked')
  })

  it('of a user counts on strict routes, and so does a changed role', async () => {
    const { auth, get } = await startHousehold()
    const token = await auth.login()
    auth.users.set('ada', { role: 'admin' })
    expect((await get('/strict', token).expect(200)).body.claims).toEqual({ role: 'admin' })
    expect((await get('/orders', token).expect(200)).body.claims).toEqual({ role: 'user' })
    auth.users.delete('ada')
    expect((await get('/strict', token).expect(401)).body.code).toBe('user_disabled')
  })
})

describe('the plain function', () => {
  const client = { ip: '192.0.2.10', userAgent: 'curl/8.14.1' }

  it('judges a token, and hands out the new one', async () => {
    const { auth, resource } = await startHousehold({ auth: { fingerprint: 'off' } })
    const token = await auth.login()
    expect(await resource.verify(token, client)).toMatchObject({ kind: 'pass', auth: { userId: 'ada' } })
    auth.clock.advance(16 * MINUTE)
    const outcome = await resource.verify(token, client)
    expect(outcome).toMatchObject({ kind: 'pass', auth: { renewed: true }, token: expect.any(String) })
    expect(await resource.verify(undefined, client)).toEqual({ kind: 'refuse', code: 'token_missing' })
    expect(await resource.verify('token', client)).toEqual({ kind: 'refuse', code: 'token_malformed' })
  })

  it('shares one renewal among parallel requests of one client, and hands the token out once', async () => {
    const { auth, resource, renewals } = await startHousehold({ auth: { fingerprint: 'off' } })
    const token = await auth.login()
    await resource.verify(token, client)
    auth.clock.advance(16 * MINUTE)
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => resource.verify(token, client)))
    expect(renewals()).toBe(1)
    expect(outcomes.every(({ kind }) => kind === 'pass')).toBe(true)
    expect(outcomes.filter((outcome) => 'token' in outcome && outcome.token !== undefined)).toHaveLength(1)
    await resource.verify(token, client)
    expect(renewals()).toBe(2)
  })

  it('judges each client by itself, although another one has the same token renewed at the same time', async () => {
    const { auth, resource, renewals } = await startHousehold()
    const token = await auth.login()
    await resource.verify(token, client)
    auth.clock.advance(16 * MINUTE)
    const outcomes = await Promise.all([
      resource.verify(token, { ip: '127.0.0.1', userAgent: CHROME }),
      resource.verify(token, { ip: '127.0.0.1', userAgent: FIREFOX }),
    ])
    expect(renewals()).toBe(2)
    expect(outcomes[0]?.kind).toBe('pass')
    expect(outcomes[1]).toMatchObject({ kind: 'refuse', code: 'fingerprint_mismatch' })
  })

  it('asks anew for each strict request, in parallel too', async () => {
    const { auth, resource, renewals } = await startHousehold({ auth: { fingerprint: 'off' } })
    const token = await auth.login()
    const askThrice = () =>
      Promise.all(Array.from({ length: 3 }, () => resource.verify(token, client, { strict: true })))
    await askThrice()
    expect(renewals()).toBe(3)
    auth.clock.advance(16 * MINUTE)
    const outcomes = await askThrice()
    expect(renewals()).toBe(6)
    expect(outcomes.every(({ kind }) => kind === 'pass')).toBe(true)
    expect(outcomes.filter((outcome) => 'token' in outcome && outcome.token !== undefined)).toHaveLength(1)
  })

  it.each([
    [{ strickt: true }, 'strickt: unknown option; did you mean strict?'],
    [{ strict: 1 }, 'strict: got 1, takes true or false'],
  ])('refuses %j, and lets nobody in', async (options, message) => {
    const { auth, resource } = await startHousehold()
    const act = resource.verify(await auth.login(), client, options as object)
    await expect(act).rejects.toThrow(ConfigurationError)
    await expect(act).rejects.toHaveProperty('message', message)
  })

  it('asks where it is told to be strict', async () => {
    const { auth, resource } = await startHousehold()
    const token = await auth.login()
    await auth.sessions.revokeAll('ada')
    expect((await resource.verify(token, client)).kind).toBe('pass')
    expect(await resource.verify(token, client, { strict: true })).toEqual({
      kind: 'refuse',
      code: 'session_revoked',
    })
  })
})
