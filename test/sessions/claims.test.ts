import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/index.ts'
import { type TestApp, testApp, tokenOf } from '../support/app.ts'
import { decode } from '../support/forge.ts'
import { MINUTE } from '../support/records.ts'
import { gate, hookStore } from '../support/stores.ts'

const EXPIRED = 16 * MINUTE

async function expired(test: TestApp, userId?: string): Promise<string> {
  const token = await test.login(userId)
  test.clock.advance(EXPIRED)
  return token
}

async function validSessions({ sessions }: TestApp, userId = 'ada'): Promise<number> {
  return (await sessions.list(userId)).filter(({ valid }) => valid).length
}

describe('loadClaims', () => {
  it('is asked at login and at every renewal, not for fresh tokens', async () => {
    const test = await testApp()
    const token = await test.login()
    await test.get('/whoami', token).expect(200)
    expect(test.asked).toEqual(['ada'])
    test.clock.advance(EXPIRED)
    await test.get('/whoami', token).expect(200)
    expect(test.asked).toEqual(['ada', 'ada'])
    await test.get('/whoami', token).expect(200)
    expect(test.asked).toEqual(['ada', 'ada'])
  })

  it('counts from the next renewal on', async () => {
    const test = await testApp()
    const token = await test.login()
    test.users.set('ada', { role: 'admin', tenant: 7 })
    expect((await test.get('/whoami', token)).body.claims).toEqual({ role: 'user' })
    test.clock.advance(EXPIRED)
    const response = await test.get('/whoami', token)
    expect(response.body.claims).toEqual({ role: 'admin', tenant: 7 })
    const successor = tokenOf(response) ?? ''
    expect(decode(successor)).toMatchObject({ role: 'admin', tenant: 7 })
    expect((await test.get('/whoami', successor)).body.claims).toEqual({ role: 'admin', tenant: 7 })
  })

  it('need not be given: no claims, and every user is there', async () => {
    const test = await testApp({ options: { loadClaims: undefined } as never })
    const token = await expired(test, 'anybody')
    const response = await test.get('/whoami', token).expect(200)
    expect(response.body).toMatchObject({ userId: 'anybody', claims: {}, renewed: true })
  })

  it.each([null, undefined])('says %s at login: nobody is let in', async (answer) => {
    const test = await testApp()
    test.users.set('ada', answer)
    const response = await test.send('post', '/login/ada')
    expect(response.body).toMatchObject({ code: 'user_disabled' })
    expect(response.status).toBe(401)
    expect(response.headers['www-authenticate']).toBe('Bearer realm="sliding-jwt"')
    expect(tokenOf(response)).toBeUndefined()
    expect(await validSessions(test)).toBe(0)
    expect(test.events.map(({ name }) => name)).not.toContain('session.started')
  })

  it.each([null, undefined])('says %s at renewal: all sessions of the user are revoked', async (answer) => {
    const test = await testApp()
    const tokens = [await test.login(), await test.login(), await test.login('bob')]
    test.clock.advance(EXPIRED)
    test.users.set('ada', answer)
    const response = await test.get('/whoami', tokens[0])
    expect(response.body).toMatchObject({ code: 'user_disabled' })
    expect(tokenOf(response)).toBeUndefined()
    expect((await test.get('/whoami', tokens[1])).body).toMatchObject({ code: 'session_revoked' })
    await test.get('/whoami', tokens[2]).expect(200)
    expect((await test.sessions.list('ada')).map(({ revokedReason }) => revokedReason)).toEqual([
      'user_disabled',
      'user_disabled',
    ])
  })

  it('says null for good: the sessions stay revoked when the user comes back', async () => {
    const test = await testApp()
    const token = await expired(test)
    test.users.delete('ada')
    await test.get('/whoami', token).expect(401)
    test.users.set('ada', {})
    expect((await test.get('/whoami', token)).body).toMatchObject({ code: 'session_revoked' })
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('users are away')
      },
    ],
    ['rejects', () => Promise.reject(new Error('users are away'))],
  ])('%s: the host’s error goes to the host, and nothing is lost', async (_, fail) => {
    let isAway = false
    const test = await testApp({ options: { loadClaims: () => (isAway ? fail() : { role: 'user' }) } })
    const token = await expired(test)
    const before = test.row(token)
    isAway = true
    const response = await test.get('/whoami', token)
    expect(response.status).toBe(500)
    expect(response.body).toEqual({ code: 'host_error' })
    expect(test.errors).toEqual([new Error('users are away')])
    expect(tokenOf(response)).toBeUndefined()
    expect(test.row(token)).toEqual(before)
    await test.send('post', '/login/ada').expect(500)
    expect(await validSessions(test)).toBe(1)
    isAway = false
    expect(tokenOf(await test.get('/whoami', token).expect(200))).toBeDefined()
  })

  it.each([
    ['false, as if users.has() were asked', false],
    ['a list', ['admin']],
    ['a reserved claim', { sub: 'root' }],
    ['a gen', { gen: 99 }],
    ['claims too large for a header', { list: 'x'.repeat(9_000) }],
  ])('says what no token can carry: %s. Nobody is let in', async (_, answer) => {
    const test = await testApp()
    const token = await expired(test)
    const before = test.row(token)
    test.users.set('ada', answer)
    await test.get('/whoami', token).expect(500)
    await test.send('post', '/login/ada').expect(500)
    expect(test.errors).toEqual([expect.any(ConfigurationError), expect.any(ConfigurationError)])
    expect(test.row(token)).toEqual(before)
    expect(await validSessions(test)).toBe(1)
  })
})

describe('a login while the user is being disabled', () => {
  it.each([
    ['before the host answers', true],
    ['after the host answered', false],
  ])('leaves no session: %s', async (_, isSlow) => {
    const asked = gate()
    const test = await testApp({
      options: { loadClaims: () => (isSlow ? asked.wait().then(() => ({})) : {}) },
      wrap: (store) =>
        hookStore(store, (method) => (method === 'list' && !isSlow ? asked.wait() : undefined)),
      ...(!isSlow && { options: { maxSessionsPerUser: 5 } }),
    })
    const login = test.send('post', '/login/ada').then((response) => response)
    await asked.reached
    expect(await test.sessions.revokeAll('ada', { reason: 'user_disabled' })).toEqual({ revoked: 1 })
    asked.open()
    const token = tokenOf(await login)
    expect(token).toBeUndefined()
    expect(await validSessions(test)).toBe(0)
  })
})

describe('a strict route', () => {
  const strict = (options: Parameters<typeof testApp>[0] = {}) =>
    testApp({
      ...options,
      routes(app, sessions) {
        app.get('/strict', sessions.authenticate({ strict: true }), (req, res) => {
          res.json(req.auth)
        })
        app.get('/admin', sessions.authenticate({ strict: true, role: 'admin' }), (_req, res) => {
          res.json('secret')
        })
      },
    })

  it('asks the host on each request, fresh token or not', async () => {
    const test = await strict()
    const token = await test.login()
    await test.get('/strict', token).expect(200)
    await test.get('/strict', token).expect(200)
    expect(test.asked).toEqual(['ada', 'ada', 'ada'])
  })

  it('has the claims of now, which the token does not', async () => {
    const test = await strict()
    const token = await test.login()
    test.users.set('ada', { role: 'admin' })
    expect((await test.get('/strict', token)).body).toMatchObject({
      claims: { role: 'admin' },
      renewed: false,
    })
    await test.get('/admin', token).expect(200)
    test.users.set('ada', { role: 'user' })
    expect((await test.get('/admin', token)).body).toMatchObject({ code: 'forbidden' })
  })

  it('ends all sessions of a user who is gone, although the token is fresh', async () => {
    const test = await strict()
    const [token, other] = [await test.login(), await test.login()]
    test.users.delete('ada')
    await test.get('/whoami', token).expect(200)
    expect((await test.get('/strict', token)).body).toMatchObject({ code: 'user_disabled' })
    expect((await test.get('/whoami', other)).body).toMatchObject({ code: 'session_revoked' })
  })

  it('renews an expired token once, also where authenticate ran before', async () => {
    const test = await strict()
    const token = await expired(test)
    const response = await test.get('/strict', token).expect(200)
    expect(response.body).toMatchObject({ renewed: true, claims: { role: 'user' } })
    expect(decode(tokenOf(response) ?? '')['gen']).toBe(1)
    expect(test.row(token)).toMatchObject({ issued: 1, parent: 0 })
  })

  it('does not ask the host for sessions that are not valid', async () => {
    const test = await strict()
    const token = await test.login()
    await test.sessions.revokeAll('ada')
    expect((await test.get('/strict', token)).body).toMatchObject({ code: 'session_revoked' })
    expect(test.asked).toEqual(['ada'])
  })

  it('tells that a user is gone before it tells of any limit', async () => {
    const test = await testApp({
      before(app, sessions) {
        app.get('/strict', sessions.authenticate({ strict: true }), (req, res) => {
          res.json(req.auth)
        })
      },
      options: { maxAge: '10m' },
    })
    const token = await expired(test)
    test.users.delete('ada')
    expect((await test.get('/strict', token)).body).toMatchObject({ code: 'user_disabled' })
  })
})
