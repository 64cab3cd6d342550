import type { Request, Response } from 'express'
import { describe, expect, it } from 'vitest'
import {
  type AuthenticateOptions,
  ConfigurationError,
  type SlidingSession,
  slidingSession,
} from '../../src/index.ts'
import { type TestApp, testApp, tokenOf } from '../support/app.ts'
import { SECRET } from '../support/forge.ts'
import { HOUR, MINUTE } from '../support/records.ts'

const EXPIRED = 16 * MINUTE

function showAuth(req: Request, res: Response): void {
  res.json({ auth: req.auth ?? null })
}

/** An app with one route that stands before all others, guarded by these options alone. */
function guarded(options: AuthenticateOptions): Promise<TestApp> {
  return testApp({ before: (app, sessions) => app.get('/guarded', sessions.authenticate(options), showAuth) })
}

describe('optional', () => {
  it('lets a request without a token pass, with req.auth undefined', async () => {
    const test = await guarded({ optional: true })
    expect((await test.get('/guarded').expect(200)).body).toEqual({ auth: null })
    const basic = await test.get('/guarded').set('Authorization', 'Basic YWRhOnB3').expect(200)
    expect(basic.body).toEqual({ auth: null })
  })

  it('knows who sent a token, and renews it', async () => {
    const test = await guarded({ optional: true })
    const token = await test.login()
    expect((await test.get('/guarded', token)).body).toMatchObject({ auth: { userId: 'ada' } })
    test.clock.advance(EXPIRED)
    expect(tokenOf(await test.get('/guarded', token).expect(200))).toBeDefined()
  })

  it.each([
    ['malformed', () => 'abc', 'token_malformed'],
    ['forged', (token: string) => `${token.slice(0, -4)}AAAA`, 'token_invalid'],
  ])('refuses a token that is %s', async (_, change, code) => {
    const test = await guarded({ optional: true })
    const response = await test.get('/guarded', change(await test.login()))
    expect(response.body).toMatchObject({ code, status: 401 })
  })

  it('refuses one of a revoked session', async () => {
    const test = await guarded({ optional: true })
    const token = await test.login()
    await test.sessions.revokeAll('ada')
    expect((await test.get('/guarded', token)).body).toMatchObject({ code: 'session_revoked' })
  })
})

describe('role', () => {
  it.each([
    ['admin', 'root', 200],
    ['admin', 'ada', 403],
    [['admin', 'user'], 'ada', 200],
    [['admin', 'auditor'], 'ada', 403],
    [['user'], 'nobody', 403],
  ] as const)('%j: %s gets %d', async (role, userId, status) => {
    const test = await guarded({ role })
    test.users.set('nobody', {})
    const response = await test.get('/guarded', await test.login(userId))
    expect(response.status).toBe(status)
    if (status === 200) return
    expect(response.body).toEqual({
      type: '/docs/errors#forbidden',
      title: 'Not allowed',
      status: 403,
      code: 'forbidden',
      detail: 'Your role does not permit this.',
    })
    expect(response.headers['www-authenticate']).toBe(
      'Bearer realm="sliding-jwt", error="insufficient_scope"',
    )
  })

  it.each([[['admin']], [{ admin: true }], [true], ['Admin'], ['admin,user'], [null]])(
    'a claim of %j is not admin',
    async (claim) => {
      const test = await guarded({ role: 'admin' })
      test.users.set('ada', { role: claim })
      expect((await test.get('/guarded', await test.login())).body).toMatchObject({ code: 'forbidden' })
    },
  )

  it('without a token is 401, not 403', async () => {
    const test = await guarded({ role: 'admin' })
    expect((await test.get('/guarded')).body).toMatchObject({ code: 'token_missing' })
  })

  it('read anew by a renewal counts for that very request', async () => {
    const test = await guarded({ role: 'admin' })
    const token = await test.login()
    test.users.set('ada', { role: 'admin' })
    await test.get('/guarded', token).expect(403)
    test.clock.advance(EXPIRED)
    await test.get('/guarded', token).expect(200)
  })
})

describe('maxAuthAge', () => {
  it('asks for a recent login, which a renewal is not', async () => {
    const test = await guarded({ maxAuthAge: '1h' })
    const token = await test.login()
    test.clock.advance(HOUR)
    const successor = tokenOf(await test.get('/guarded', token).expect(200)) ?? ''
    test.clock.advance(1)
    const response = await test.get('/guarded', successor)
    expect(response.body).toMatchObject({ code: 'forbidden', detail: 'Your login is too long ago for this.' })
    expect(response.headers['www-authenticate']).toBe(
      'Bearer realm="sliding-jwt", error="insufficient_scope", max_age="3600"',
    )
    await test.get('/guarded', await test.login()).expect(200)
  })

  it('of 0 takes a login of this very moment', async () => {
    const test = await guarded({ maxAuthAge: 0 })
    const token = await test.login()
    await test.get('/guarded', token).expect(200)
    test.clock.advance(1)
    await test.get('/guarded', token).expect(403)
  })
})

describe('options', () => {
  it.each([
    [{ stric: true }, 'stric: unknown option; did you mean strict?'],
    [{ roles: 'admin' }, 'roles: unknown option; did you mean role?'],
    [{ maxAuthAge: 'long' }, /^maxAuthAge: got "long", takes a duration/],
    [{ maxAuthAge: null }, /^maxAuthAge: got null, takes a duration/],
    [{ optional: 'false' }, 'optional: got "false", takes true or false'],
    [{ strict: 1 }, 'strict: got 1, takes true or false'],
    [{ role: '' }, 'role: got "", takes a role, or a list of roles'],
    [{ role: [] }, 'role: got a list, takes a role, or a list of roles'],
    [{ role: ['admin', undefined] }, 'role: got a list, takes a role, or a list of roles'],
    [{ role: true }, 'role: got true, takes a role, or a list of roles'],
    [{ role: null }, 'role: got null, takes a role, or a list of roles'],
  ])('%j is refused when the route is made', async (options, message) => {
    const { sessions } = await testApp()
    const act = () => sessions.authenticate(options as AuthenticateOptions)
    expect(act).toThrow(ConfigurationError)
    expect(act).toThrow(message)
  })

  it('that are undefined take their defaults', async () => {
    const { sessions } = await testApp()
    const options = { optional: undefined, strict: undefined, maxAuthAge: undefined, role: undefined }
    expect(sessions.authenticate(options as never)).toBeTypeOf('function')
  })
})

describe('authenticate running twice on one request', () => {
  const twice = () =>
    testApp({
      routes(app, sessions) {
        app.get('/again', sessions.authenticate(), showAuth)
        app.get('/admin', sessions.authenticate({ role: 'admin' }), showAuth)
      },
    })

  it('renews once, and says so', async () => {
    const test = await twice()
    const token = await test.login()
    test.clock.advance(EXPIRED)
    const response = await test.get('/again', token).expect(200)
    expect(response.body).toMatchObject({ auth: { renewed: true } })
    expect(tokenOf(response)).toBeDefined()
    expect(test.row(token)).toMatchObject({ issued: 1 })
    expect(test.asked).toEqual(['ada', 'ada'])
  })

  it('asks for more the second time', async () => {
    const test = await twice()
    await test.get('/admin', await test.login('ada')).expect(403)
    await test.get('/admin', await test.login('root')).expect(200)
  })

  it('does not take the word of other middleware that sets req.auth', async () => {
    const test = await testApp({
      before(app, sessions) {
        app.use((req, _res, next) => {
          Object.assign(req, { auth: { sub: 'root', role: 'admin', claims: { role: 'admin' } } })
          next()
        })
        app.get('/guarded', sessions.authenticate(), showAuth)
        app.get('/admin', sessions.authenticate({ role: 'admin' }), showAuth)
        app.post('/end', async (req, res) => {
          res.json(await sessions.end(req, res))
        })
      },
    })
    expect((await test.get('/guarded')).body).toMatchObject({ code: 'token_missing' })
    expect((await test.get('/admin', 'abc')).body).toMatchObject({ code: 'token_malformed' })
    expect((await test.send('post', '/end')).body).toBe(false)
    const { body } = await test.get('/guarded', await test.login())
    expect(body).toMatchObject({ auth: { userId: 'ada', claims: { role: 'user' } } })
  })

  it('does not take the word of other sessions in one app', async () => {
    const staff = await slidingSession({
      secret: `${SECRET} of the staff`,
      database: ':memory:',
      audience: 'staff',
      loadClaims: () => ({ role: 'admin' }),
    })
    const test = await testApp({
      routes: (app) => app.get('/staff', staff.authenticate({ role: 'admin' }), showAuth),
    })
    test.users.set('ada', { role: 'admin' })
    const response = await test.get('/staff', await test.login())
    expect(response.body).toMatchObject({ code: 'token_invalid', status: 401 })
    await staff.close()
  })
})

describe('trust proxy', () => {
  const networkRule = { fingerprint: { ip: 'network' } } as const

  async function proxied(trust: unknown, options: object) {
    return testApp({ options, before: (app) => app.set('trust proxy', trust) })
  }

  it.each([
    ['an address rule', networkRule],
    ['strict', { fingerprint: 'strict' }],
    ['a function, which may compare addresses', { fingerprint: () => true }],
  ])('true is refused with %s, as every client could choose its address', async (_, options) => {
    const test = await proxied(true, options)
    await test.send('post', '/login/ada').expect(500)
    await test.get('/whoami').expect(500)
    await test.get('/whoami').expect(500)
    expect(test.errors).toEqual(Array.from({ length: 3 }, () => expect.any(ConfigurationError)))
    expect(String(test.errors[0])).toMatch(
      /trust proxy: got true, with a fingerprint rule that compares addresses/,
    )
  })

  it.each([
    ['true, where no rule compares addresses', true, {}],
    ['true, where nothing is compared', true, { fingerprint: 'off' }],
    ['a number', 1, networkRule],
    ['a list of proxies', ['loopback'], networkRule],
    ['false', false, networkRule],
  ])('%s is fine', async (_, trust, options) => {
    const test = await proxied(trust, options)
    await test.get('/whoami', await test.login()).expect(200)
  })

  it('rules which address counts', async () => {
    const test = await proxied(1, networkRule)
    const token = await test.login('ada', { 'X-Forwarded-For': '203.0.113.66, 192.0.2.1' })
    expect(test.row(token)).toMatchObject({ ip: '192.0.2.1' })
    test.clock.advance(EXPIRED)
    const from = (address: string) => test.get('/whoami', token).set('X-Forwarded-For', address)
    expect((await from('192.0.2.9, 198.51.100.1')).body).toMatchObject({ code: 'fingerprint_mismatch' })
    await from('203.0.113.99, 192.0.2.99').expect(200)
  })

  it('without it, forwarded addresses count for nothing', async () => {
    const test = await proxied(false, networkRule)
    const token = await test.login('ada', { 'X-Forwarded-For': '192.0.2.1' })
    expect(test.row(token)).toMatchObject({ ip: '127.0.0.1' })
    test.clock.advance(EXPIRED)
    await test.get('/whoami', token).set('X-Forwarded-For', '198.51.100.1').expect(200)
  })
})

describe('the sessions of one app in a mounted app', () => {
  it('serve there as well', async () => {
    const { default: express } = await import('express')
    const mounted = (sessions: SlidingSession) =>
      express().get('/inner', sessions.authenticate({ strict: true }), showAuth)
    const test = await testApp({ before: (app, sessions) => app.use('/mounted', mounted(sessions)) })
    const token = await test.login()
    expect((await test.get('/mounted/inner', token)).body).toMatchObject({ auth: { userId: 'ada' } })
  })
})
