import type { RequestHandler } from 'express'
import { describe, expect, it } from 'vitest'
import { ConfigurationError, type SessionStore } from '../../src/index.ts'
import { type ResourceOptions, resourceServer } from '../../src/resource/index.ts'
import { forge } from '../support/forge.ts'
import { jwkOf } from '../support/keys.ts'
import { HOUR, MINUTE, SECOND } from '../support/records.ts'
import { ORDERS_KEY, startHousehold } from './household.ts'

/** What a test puts before the auth server; it lets all pass until it is changed. */
function switchboard() {
  const handler: { current: RequestHandler } = { current: (_req, _res, next) => next() }
  const before: RequestHandler = (req, res, next) => handler.current(req, res, next)
  return { before, handler }
}

const fail: RequestHandler = (_req, res) => void res.status(503).json({ code: 'unavailable' })

describe('while the auth server fails', () => {
  it('fresh tokens pass, and all else is 503, never let in and never logged out', async () => {
    const { before, handler } = switchboard()
    const { auth, get, failures } = await startHousehold({ before })
    const token = await auth.login()
    await get('/orders', token).expect(200)
    handler.current = fail
    await get('/orders', token).expect(200)
    for (const path of ['/strict', '/orders']) {
      const { body, headers } = await get(path, token).expect(503)
      expect(body).toMatchObject({ code: 'unavailable', detail: 'The auth server did not answer.' })
      expect(headers['retry-after']).toBe('1')
      auth.clock.advance(16 * MINUTE)
    }
    expect(failures.length).toBeGreaterThanOrEqual(2)
    for (const { message } of failures) {
      expect(message).toBe('The auth server answered 503: {"code":"unavailable"}')
    }
    handler.current = (_req, _res, next) => next()
    await get('/orders', token).expect(200)
  })

  it.each<[string, RequestHandler, string]>([
    ['no JSON', (_req, res) => void res.send('hello'), 'JSON'],
    ['null', (_req, res) => void res.json(null), 'an answer of another form'],
    ['a refusal that is none', (_req, res) => void res.json({ kind: 'refuse', code: 'conflict' }), 'form'],
    [
      'a code that is a property',
      (_req, res) => void res.json({ kind: 'refuse', code: 'constructor' }),
      'form',
    ],
    ['a pass without claims', (_req, res) => void res.json({ kind: 'pass' }), 'another form'],
    ['429', (_req, res) => void res.status(429).json({ code: 'rate_limited' }), 'answered 429'],
    ['a redirection', (_req, res) => void res.redirect('/whoami'), 'fetch failed'],
    ['nothing', (req) => void req.socket.destroy(), 'fetch failed'],
  ])('an answer of %s lets nobody in', async (_, answer, said) => {
    const { before, handler } = switchboard()
    const { auth, get, failures } = await startHousehold({ before })
    const token = await auth.login()
    await get('/orders', token).expect(200)
    auth.clock.advance(16 * MINUTE)
    handler.current = answer
    expect((await get('/orders', token).expect(503)).body.code).toBe('unavailable')
    expect(failures.map(({ message }) => message).join()).toContain(said)
  })

  it('a token of another session, or of nobody, is not handed on', async () => {
    const { before, handler } = switchboard()
    const { auth, get } = await startHousehold({ before })
    const [token, other] = [await auth.login('ada'), await auth.login('ada')]
    await get('/orders', token).expect(200)
    auth.clock.advance(16 * MINUTE)
    for (const given of [other, forge({ header: { kid: 'ES256' } }), 'token']) {
      handler.current = (_req, res) => void res.json({ kind: 'pass', claims: {}, token: given })
      const { body, headers } = await get('/orders', token).expect(503)
      expect([body.code, headers['x-jwt']]).toEqual(['unavailable', undefined])
    }
  })

  it('nothing is known without its keys: 503, and as soon as they are there, the answer', async () => {
    const { before, handler } = switchboard()
    const { auth, get } = await startHousehold({ before })
    const token = await auth.login()
    handler.current = fail
    expect((await get('/orders', token).expect(503)).body.code).toBe('unavailable')
    handler.current = (_req, _res, next) => next()
    await get('/orders', token).expect(200)
  })

  it('a wrong shared key is told to the operator, and 503 to the client', async () => {
    const { auth, get, failures } = await startHousehold({ resource: { key: 'x'.repeat(32) } })
    const token = await auth.login()
    await get('/orders', token).expect(200)
    expect((await get('/strict', token).expect(503)).body.code).toBe('unavailable')
    expect(failures[0]?.message).toContain('The signature is not that of a resource server.')
    expect(failures[0]?.message).not.toContain(token)
  })
})

describe('the keys of the auth server', () => {
  it('are learned where a token has a new one', async () => {
    const { auth, get, asked } = await startHousehold()
    await get('/orders', await auth.login()).expect(200)
    auth.sessions.useKeys({ keys: [jwkOf('ES256'), jwkOf('RS256')] })
    auth.clock.advance(SECOND)
    await get('/orders', await auth.login()).expect(200)
    expect(asked).toHaveLength(2)
  })

  it('are not fetched again and again for names that somebody made up', async () => {
    const { auth, get, asked } = await startHousehold()
    await get('/orders', await auth.login()).expect(200)
    auth.clock.advance(SECOND)
    for (let count = 0; count < 5; count += 1) {
      const { body } = await get('/orders', forge({ header: { kid: `key ${count}` } })).expect(401)
      expect(body.code).toBe('token_invalid')
    }
    expect(asked).toHaveLength(2)
    auth.clock.advance(SECOND)
    await get('/orders', forge({ header: { kid: 'another' } })).expect(401)
    expect(asked).toHaveLength(3)
  })

  it('that cannot be fetched for a token with a new one refuse it to nobody: each request is 503', async () => {
    const { before, handler } = switchboard()
    const { auth, get, asked } = await startHousehold({ before })
    await get('/orders', await auth.login()).expect(200)
    auth.sessions.useKeys({ keys: [jwkOf('ES256'), jwkOf('RS256')] })
    const token = await auth.login()
    auth.clock.advance(SECOND)
    handler.current = fail
    for (let count = 0; count < 3; count += 1) {
      expect((await get('/orders', token).expect(503)).body.code).toBe('unavailable')
    }
    expect(asked).toHaveLength(2)
    handler.current = (_req, _res, next) => next()
    auth.clock.advance(SECOND)
    await get('/orders', token).expect(200)
  })

  it('are fetched anew after five minutes, in the background; a token of a retired one is refused from then on', async () => {
    const { auth, get, asked } = await startHousehold()
    const token = await auth.login()
    await get('/orders', token).expect(200)
    auth.sessions.useKeys({ keys: [jwkOf('RS256')] })
    auth.clock.advance(5 * MINUTE - 1)
    await get('/orders', token).expect(200)
    expect(asked).toHaveLength(1)
    auth.clock.advance(1)
    await get('/orders', token).expect(200)
    await expect.poll(async () => (await get('/orders', token)).status, { timeout: 30_000 }).toBe(401)
    expect(asked).toHaveLength(2)
  })

  it('are believed for an hour without news, and then are not', async () => {
    const { before, handler } = switchboard()
    const { auth, get } = await startHousehold({ before, auth: { tokenTtl: '2h' } })
    const token = await auth.login()
    await get('/orders', token).expect(200)
    handler.current = fail
    auth.clock.advance(HOUR - 1)
    await get('/orders', token).expect(200)
    auth.clock.advance(1)
    expect((await get('/orders', token).expect(503)).body.code).toBe('unavailable')
  })

  it('are told to be missing where the auth server signs with a secret', async () => {
    const { auth, get, failures } = await startHousehold({ keys: [jwkOf('HS256')] })
    expect((await get('/orders', await auth.login()).expect(503)).body.code).toBe('unavailable')
    expect(failures[0]?.message).toContain('does it sign with a secret?')
  })

  it.each<[string, unknown]>([
    ['no set', {}],
    ['null', null],
    ['an empty set', { keys: [] }],
  ])('stay as they were where %s comes: nobody is logged out for that', async (_, jwks) => {
    const { before, handler } = switchboard()
    const { auth, get } = await startHousehold({ before, auth: { tokenTtl: '2h' } })
    const token = await auth.login()
    await get('/orders', token).expect(200)
    handler.current = (_req, res) => void res.json(jwks)
    auth.clock.advance(HOUR - 1)
    await get('/orders', token).expect(200)
    auth.clock.advance(1)
    expect((await get('/orders', token).expect(503)).body.code).toBe('unavailable')
  })
})

it('a failing database at the auth server is 503, for the resource server’s clients, too', async () => {
  let isBroken = false
  const wrap = (store: SessionStore): SessionStore => ({
    peek: (jti) => (isBroken ? undefined : store.peek(jti)),
    find: (jti) => (isBroken ? Promise.reject(new Error('disk I/O error')) : store.find(jti)),
    create: (record) => store.create(record),
    renew: (renewal) => store.renew(renewal),
    markSeen: (jti, gen) => store.markSeen(jti, gen),
    revoke: (target, reason, at) => store.revoke(target, reason, at),
    list: (userId) => store.list(userId),
    prune: (ended, now) => store.prune(ended, now),
    close: () => store.close(),
  })
  const { auth, get, failures } = await startHousehold({ wrap })
  const token = await auth.login()
  isBroken = true
  await get('/orders', token).expect(200)
  expect((await get('/strict', token).expect(503)).body.code).toBe('unavailable')
  expect(failures[0]?.message).not.toContain('disk')
})

describe('options', () => {
  const RIGHT: ResourceOptions = {
    authServer: 'https://auth.example.org',
    audience: 'orders',
    key: ORDERS_KEY,
  }

  it.each<[string, object]>([
    ['authServer', { authServer: undefined }],
    ['authServer', { authServer: 'auth.example.org' }],
    ['authServer', { authServer: 'ftp://auth.example.org' }],
    ['authServer', { authServer: 'https://' }],
    ['audience', { audience: undefined }],
    ['audience', { audience: 'or"ders' }],
    ['key', { key: undefined }],
    ['key', { key: 'short' }],
    ['key', { key: 42 }],
    ['issuer', { issuer: '' }],
    ['leeway', { leeway: 'some' }],
    ['strictMaxAge', { strictMaxAge: 'some' }],
    ['cacheSize', { cacheSize: 0 }],
    ['onError', { onError: 'log' }],
    ['now', { now: 0 }],
    ['audiense', { audiense: 'orders' }],
  ])('%s is refused: %o', (option, changes) => {
    const act = () => resourceServer({ ...RIGHT, ...changes } as ResourceOptions)
    expect(act).toThrow(ConfigurationError)
    expect(act).toThrow(expect.objectContaining({ option }))
    expect(act).not.toThrow(ORDERS_KEY)
  })

  it.each([['https://auth.example.org'], ['https://auth.example.org/'], ['http://127.0.0.1:3000/auth']])(
    'the auth server may be at %s',
    (authServer) => {
      expect(() => resourceServer({ ...RIGHT, authServer })).not.toThrow()
    },
  )
})
