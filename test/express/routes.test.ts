import express, { type Express } from 'express'
import { describe, expect, it } from 'vitest'
import { ERRORS, type SlidingSession } from '../../src/index.ts'
import { type TestApp, testApp, tokenOf } from '../support/app.ts'
import { decode } from '../support/forge.ts'
import { MINUTE, newJti, T0 } from '../support/records.ts'
import { CHROME, FIREFOX } from '../support/user-agents.ts'

/** Where the router can be mounted, with and without `authenticate` before it. */
const MOUNTS: Record<string, { prefix: string; mount: (app: Express, sessions: SlidingSession) => void }> = {
  'at the root': { prefix: '', mount: (app, sessions) => app.use(sessions.routes()) },
  'under a prefix': { prefix: '/auth/v1', mount: (app, sessions) => app.use('/auth/v1', sessions.routes()) },
  'in a mounted app': {
    prefix: '/inner',
    mount: (app, sessions) => app.use('/inner', express().use(sessions.routes())),
  },
  'behind authenticate': {
    prefix: '/guarded',
    mount: (app, sessions) => app.use('/guarded', sessions.authenticate(), sessions.routes()),
  },
}

function keyOf(token: string): string {
  return String(decode(token)['jti'])
}

async function mounted(name = 'under a prefix'): Promise<{ test: TestApp; prefix: string }> {
  const { prefix, mount } = MOUNTS[name] ?? expect.fail(`no such mount: ${name}`)
  return { test: await testApp({ before: mount }), prefix }
}

describe.each(Object.keys(MOUNTS))('the router, mounted %s', (name) => {
  it('POST /logout ends this session: 204 without a token, also where it was renewed', async () => {
    const { test, prefix } = await mounted(name)
    const [token, other] = [await test.login(), await test.login()]
    test.clock.advance(16 * MINUTE)
    const response = await test.send('post', `${prefix}/logout`, token)
    expect(response.status).toBe(204)
    expect(response.text).toBe('')
    expect(tokenOf(response)).toBeUndefined()
    expect(test.row(token)).toMatchObject({ valid: 0, revoked_reason: 'logout' })
    expect(test.row(other)).toMatchObject({ valid: 1 })
    expect((await test.send('post', `${prefix}/logout`, token)).body).toMatchObject({
      code: 'session_revoked',
    })
  })

  it('GET /me/sessions lists the user’s own, and marks this one', async () => {
    const { test, prefix } = await mounted(name)
    const other = await test.login('ada', { 'User-Agent': FIREFOX })
    await test.login('bob')
    test.clock.advance(MINUTE)
    const token = await test.login()
    const { body } = await test.get(`${prefix}/me/sessions`, token).expect(200)
    expect(body.sessions.map((session: { jti: string }) => session.jti)).toEqual([token, other].map(keyOf))
    expect(body.sessions[0]).toEqual({
      jti: keyOf(token),
      current: true,
      userId: 'ada',
      device: {
        name: 'Chrome 140 on Linux',
        browser: 'Chrome',
        browserVersion: '140.0.0.0',
        os: 'Linux',
        type: 'desktop',
      },
      ip: '127.0.0.1',
      userAgent: CHROME,
      lastIp: '127.0.0.1',
      lastUserAgent: CHROME,
      createdAt: new Date(T0 + MINUTE).toISOString(),
      updatedAt: new Date(T0 + MINUTE).toISOString(),
      endsAt: new Date(T0 + MINUTE + 7 * 24 * 60 * MINUTE).toISOString(),
      valid: true,
      revokedAt: null,
      revokedReason: null,
      renewals: 0,
    })
    expect(body.sessions[1]).toMatchObject({ current: false, device: { name: 'Firefox 140 on Linux' } })
  })

  it('DELETE /me/sessions ends all; no token goes out', async () => {
    const { test, prefix } = await mounted(name)
    const [token, other, bobs] = [await test.login(), await test.login(), await test.login('bob')]
    test.clock.advance(16 * MINUTE)
    const response = await test.send('delete', `${prefix}/me/sessions`, token).expect(200)
    expect(response.body).toEqual({ revoked: 2 })
    expect(tokenOf(response)).toBeUndefined()
    expect([token, other, bobs].map((each) => test.row(each)?.['valid'])).toEqual([0, 0, 1])
    expect(test.row(token)).toMatchObject({ revoked_reason: 'revoked' })
  })

  it('DELETE /me/sessions?except=current ends all others; the token goes out', async () => {
    const { test, prefix } = await mounted(name)
    const [token, other] = [await test.login(), await test.login()]
    test.clock.advance(16 * MINUTE)
    const response = await test.send('delete', `${prefix}/me/sessions?except=current`, token).expect(200)
    expect(response.body).toEqual({ revoked: 1 })
    expect(tokenOf(response)).toBeDefined()
    expect([token, other].map((each) => test.row(each)?.['valid'])).toEqual([1, 0])
  })

  it('DELETE /me/sessions/:jti ends one of the user’s own', async () => {
    const { test, prefix } = await mounted(name)
    const [token, other] = [await test.login(), await test.login()]
    const response = await test.send('delete', `${prefix}/me/sessions/${keyOf(other)}`, token)
    expect(response.status).toBe(204)
    expect([token, other].map((each) => test.row(each)?.['valid'])).toEqual([1, 0])
  })
})

describe('the router', () => {
  it('DELETE /me/sessions/:jti of this very session sends no token', async () => {
    const { test, prefix } = await mounted()
    const token = await test.login()
    test.clock.advance(16 * MINUTE)
    const response = await test.send('delete', `${prefix}/me/sessions/${keyOf(token)}`, token)
    expect(response.status).toBe(204)
    expect(tokenOf(response)).toBeUndefined()
    expect(test.row(token)).toMatchObject({ valid: 0, issued: 1 })
  })

  it('DELETE /me/sessions/:jti that has ended already is done: 204', async () => {
    const { test, prefix } = await mounted()
    const [token, other] = [await test.login(), await test.login()]
    await test.sessions.revoke(keyOf(other), { reason: 'admin' })
    expect((await test.send('delete', `${prefix}/me/sessions/${keyOf(other)}`, token)).status).toBe(204)
    expect(test.row(other)).toMatchObject({ revoked_reason: 'admin' })
  })

  it.each([
    ['of somebody else', (bobs: string) => keyOf(bobs)],
    ['of nobody', () => newJti()],
    ['that is none', () => 'not-a-key'],
    ['that is long', () => 'A'.repeat(2_000)],
    ['that is odd', () => '%00%F0%9F%98%80'],
  ])('DELETE /me/sessions/:jti %s: 404, all alike, and nothing ends', async (_, keyFor) => {
    const { test, prefix } = await mounted()
    const [token, bobs] = [await test.login(), await test.login('bob')]
    const response = await test.send('delete', `${prefix}/me/sessions/${keyFor(bobs)}`, token)
    expect(response.status).toBe(404)
    expect(response.body).toEqual({
      type: '/docs/errors#not_found',
      title: 'Not found',
      status: 404,
      code: 'not_found',
      detail: 'Not found',
    })
    expect([token, bobs].map((each) => test.row(each)?.['valid'])).toEqual([1, 1])
  })

  it.each(['others', '', 'current&except=current', 'CURRENT'])(
    'DELETE /me/sessions?except=%s: 400, and nothing ends',
    async (except) => {
      const { test, prefix } = await mounted()
      const token = await test.login()
      const response = await test.send('delete', `${prefix}/me/sessions?except=${except}`, token)
      expect(response.body).toMatchObject({ code: 'body_invalid', status: 400 })
      expect(response.status).toBe(400)
      expect(test.row(token)).toMatchObject({ valid: 1 })
    },
  )

  it.each([
    ['post', '/logout'],
    ['get', '/me/sessions'],
    ['delete', '/me/sessions'],
    ['delete', '/me/sessions/AQIDBAUGBwgJCgsMDQ4PEA'],
  ] as const)('%s %s without a token: 401', async (method, path) => {
    const { test, prefix } = await mounted()
    const response = await test.send(method, `${prefix}${path}`)
    expect(response.body).toMatchObject({ code: 'token_missing', status: 401 })
    expect(response.headers['www-authenticate']).toBe('Bearer realm="sliding-jwt"')
  })

  it.each([
    ['get', '/auth/v1/logout'],
    ['post', '/auth/v1/me/sessions'],
    ['get', '/auth/v1/me/sessions/AQIDBAUGBwgJCgsMDQ4PEA'],
    ['get', '/auth/v1/elsewhere'],
  ] as const)('leaves %s %s to the app', async (method, path) => {
    const test = await testApp({
      before(app, sessions) {
        app.use('/auth/v1', sessions.routes())
        app.use('/auth', (_req, res) => {
          res.status(418).end()
        })
      },
    })
    await test.send(method, path, await test.login()).expect(418)
  })

  it('leaves errors of the host to the host', async () => {
    const test = await testApp({
      before: (app, sessions) => app.use('/auth/v1', sessions.routes()),
      options: {
        loadClaims: (() => {
          let times = 0
          return () => {
            times += 1
            if (times > 1) throw new Error('users are away')
            return {}
          }
        })(),
      },
    })
    const token = await test.login()
    test.clock.advance(16 * MINUTE)
    const response = await test.get('/auth/v1/me/sessions', token)
    expect(response.status).toBe(500)
    expect(test.errors).toEqual([new Error('users are away')])
  })
})

describe('the page of errors', () => {
  it('has a section for each code, to which the type of a problem document leads', async () => {
    const test = await testApp({
      before: (app, sessions) => app.use(sessions.routes(), sessions.authenticate()),
    })
    const { body: problem } = await test.get('/orders').expect(401)
    const { pathname, hash } = new URL(problem.type, 'https://app.example.org')
    const { text, headers } = await test.get(pathname).expect(200)
    expect(hash).toBe('#token_missing')
    const codes = [...text.matchAll(/<section id="(\w+)">/g)].map(([, code]) => code)
    expect(codes).toEqual(Object.keys(ERRORS))
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'",
    })
    const outside = text
      .replaceAll(/<\/?[a-z0-9]+( [a-z-]+(="[^"]*")?)*>/g, '')
      .replace('<!doctype html>', '')
    expect(outside).not.toMatch(/[<>`]/)
  })
})
