import type { Express } from 'express'
import { describe, expect, it } from 'vitest'
import type { SlidingSession } from '../../src/index.ts'
import { type TestApp, testApp, tokenOf } from '../support/app.ts'
import { decode } from '../support/forge.ts'
import { MINUTE } from '../support/records.ts'
import { hookStore } from '../support/stores.ts'

function addRoutes(app: Express, sessions: SlidingSession): void {
  app.post('/logout', async (req, res) => {
    res.json(await sessions.end(req, res))
  })
  app.post('/revoke', async (req, res) => {
    res.json(await sessions.revoke(req.auth?.jti ?? ''))
  })
  app.post('/revoke-all', async (req, res) => {
    res.json(await sessions.revokeAll(req.auth?.userId ?? ''))
  })
  app.post('/revoke-others', async (req, res) => {
    res.json(await sessions.revokeAll(req.auth?.userId ?? '', { except: req.auth?.jti }))
  })
  app.post('/revoke-bob', async (_req, res) => {
    res.json(await sessions.revokeAll('bob'))
  })
  app.post('/revoke-and-throw', async (req) => {
    await sessions.revoke(req.auth?.jti ?? '')
    throw new Error('broken')
  })
  app.post('/revoke-and-stream', async (req, res) => {
    await sessions.revoke(req.auth?.jti ?? '')
    res.write('one ')
    res.end('two')
  })
  app.post('/begin-and-revoke', async (req, res) => {
    const { session } = await sessions.start(req, res, 'bob')
    res.json(await sessions.revoke(session.jti))
  })
  app.post('/end-and-begin', async (req, res) => {
    await sessions.end(req, res)
    const { session } = await sessions.start(req, res, 'bob')
    res.json(session.jti)
  })
}

async function expired(): Promise<[TestApp, string]> {
  const test = await testApp({ routes: addRoutes })
  await test.login('bob')
  const token = await test.login()
  test.clock.advance(16 * MINUTE)
  return [test, token]
}

describe('no token goes out, although the session was renewed, where the request', () => {
  it.each([
    ['logged out', '/logout', 200, true],
    ['revoked its own session', '/revoke', 200, true],
    ['revoked all sessions of its user', '/revoke-all', 200, { revoked: 1 }],
    ['revoked its session and threw', '/revoke-and-throw', 500, { code: 'host_error' }],
  ])('%s', async (_, path, status, body) => {
    const [test, token] = await expired()
    const response = await test.send('post', path, token)
    expect([response.status, response.body]).toEqual([status, body])
    expect(tokenOf(response)).toBeUndefined()
    expect(response.headers['access-control-expose-headers']).toBeUndefined()
    expect(test.row(token)).toMatchObject({ issued: 1, valid: 0 })
    expect((await test.get('/whoami', token)).body).toMatchObject({ code: 'session_revoked' })
  })

  it('revoked its session and streamed', async () => {
    const [test, token] = await expired()
    const response = await test.send('post', '/revoke-and-stream', token)
    expect(response.status).toBe(200)
    expect(tokenOf(response)).toBeUndefined()
  })

  it('revoked the session that it had just begun', async () => {
    const [test, token] = await expired()
    const response = await test.send('post', '/begin-and-revoke', token).expect(200)
    expect(tokenOf(response)).toBeUndefined()
  })
})

describe('a token goes out, where the request', () => {
  it.each([
    ['revoked the other sessions of its user', '/revoke-others', { revoked: 0 }],
    ['revoked the sessions of somebody else', '/revoke-bob', { revoked: 1 }],
  ])('%s', async (_, path, body) => {
    const [test, token] = await expired()
    const response = await test.send('post', path, token).expect(200)
    expect(response.body).toEqual(body)
    expect(decode(tokenOf(response) ?? '')['gen']).toBe(1)
  })

  it('logged out and in as somebody else: the new session’s', async () => {
    const [test, token] = await expired()
    const response = await test.send('post', '/end-and-begin', token).expect(200)
    expect(decode(tokenOf(response) ?? '')).toMatchObject({ sub: 'bob', gen: 0, jti: response.body })
    expect(test.row(token)).toMatchObject({ valid: 0, revoked_reason: 'logout' })
  })
})

describe('end', () => {
  it('says whether there was a session to end', async () => {
    const test = await testApp({
      before: (app, sessions) =>
        app.post('/end', sessions.authenticate({ optional: true }), async (req, res) => {
          res.json([await sessions.end(req, res), await sessions.end(req, res)])
        }),
    })
    expect((await test.send('post', '/end')).body).toEqual([false, false])
    const token = await test.login()
    expect((await test.send('post', '/end', token)).body).toEqual([true, false])
    expect(test.row(token)).toMatchObject({ valid: 0, revoked_reason: 'logout' })
  })

  it('where the store fails: 503, and still no token', async () => {
    let isBroken = false
    const test = await testApp({
      routes: addRoutes,
      wrap: (store) =>
        hookStore(store, (method) => {
          if (isBroken && method === 'revoke') throw new Error('disk full')
        }),
    })
    const token = await test.login()
    test.clock.advance(16 * MINUTE)
    isBroken = true
    const response = await test.send('post', '/logout', token)
    expect(response.body).toMatchObject({ code: 'unavailable' })
    expect(tokenOf(response)).toBeUndefined()
  })
})
