import type { AddressInfo } from 'node:net'
import request from 'supertest'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ERRORS, SlidingSessionError } from '../../src/index.ts'
import { HOUR, T0 } from '../support/records.ts'
import { addUser, logIn, PASSWORD, startBench, startPopulatedBench, WRONG } from './support.ts'

const ORIGIN = 'https://app.example.org'

describe('problem documents', () => {
  it.each([
    ['get', '/nothing'],
    ['post', '/me'],
    ['get', '/login'],
    ['delete', '/healthz'],
    ['get', '/%E0%A4%A'],
    ['get', '/nothing?x=%E0%A4%A'],
    ['get', '//me'],
    ['get', '/me/sessions/x/y'],
  ] as const)('answer %s %s with 404', async (method, path) => {
    const { app, ada } = await startPopulatedBench()
    const answer = await request(app)[method](path).set(ada.headers)
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found'])
    expect(answer.type).toBe('application/problem+json')
    expect(Object.keys(answer.body)).toEqual(['type', 'title', 'status', 'code', 'detail'])
    expect(answer.body.title).toBe(ERRORS.not_found.title)
  })

  const raw = (type: string, body: string) => (sent: request.Test) =>
    sent.set('Content-Type', type).send(body)
  it.each<[string, (sent: request.Test) => request.Test, string]>([
    ['no body', (sent) => sent, 'body: takes JSON, sent as application/json'],
    ['an empty body', raw('application/json', ''), 'username: is required'],
    [
      'a form',
      raw('application/x-www-form-urlencoded', 'username=x&password=y'),
      'body: takes JSON, sent as application/json',
    ],
    [
      'JSON sent as text',
      raw('text/plain', '{"username":"x","password":"y"}'),
      'body: takes JSON, sent as application/json',
    ],
    ['half of JSON', raw('application/json', '{"username":"x","password":"hush'), 'body: is not JSON'],
    ['a JSON string', raw('application/json', '"hush"'), 'body: is no object'],
    ['null', raw('application/json', 'null'), 'body: is no object'],
    ['another charset', raw('application/json; charset=koi8-r', '{}'), 'body: takes UTF-8'],
    [
      'an unknown compression',
      (sent) => raw('application/json', '{}')(sent.set('Content-Encoding', 'zip')),
      'body: takes gzip, deflate, br or no compression',
    ],
    [
      'broken compression',
      (sent) => raw('application/json', '{}')(sent.set('Content-Encoding', 'gzip')),
      'body: cannot be read',
    ],
    [
      'a prototype',
      raw('application/json', '{"__proto__":{"username":"x","password":"y"}}'),
      'username: is required',
    ],
  ])('answer %s with 400, quoting nothing', async (_what, send, detail) => {
    const { app } = await startBench()
    const answer = await send(request(app).post('/login'))
    expect([answer.status, answer.body.code]).toEqual([400, 'body_invalid'])
    expect(answer.body.detail).toBe(detail)
  })

  it('answer a body over 16 kB with 413, and one of 16 kB as usual', async () => {
    const { app } = await startBench()
    const bodyOf = (length: number) => `{"username":"x","password":"${'x'.repeat(length - 30)}"}`
    const sized = (length: number) => request(app).post('/login').type('json').send(bodyOf(length))
    expect(bodyOf(16_384)).toHaveLength(16_384)
    expect((await sized(16_384)).body.code).toBe('credentials_invalid')
    const answer = await sized(16_385)
    expect([answer.status, answer.body.code]).toEqual([413, 'payload_too_large'])
  })

  it('ask for a token before they look at a body', async () => {
    const { app } = await startBench()
    const answer = await request(app).post('/admin/users').type('json').send('x'.repeat(20_000))
    expect([answer.status, answer.body.code]).toEqual([401, 'token_missing'])
  })

  it('tell nothing of an unexpected error, which is in the log with the id of the request', async () => {
    const { app, users, log, ada } = await startPopulatedBench()
    vi.spyOn(users, 'find').mockRejectedValue(new TypeError('the inside'))
    const answer = await request(app).get('/me').set(ada.headers).set('X-Request-Id', 'req-7')
    expect([answer.status, answer.body.code]).toEqual([500, 'internal'])
    expect(answer.text).not.toContain('inside')
    expect(answer.headers['x-request-id']).toBe('req-7')
    const line = log.map((text) => JSON.parse(text)).find(({ err }) => err?.message === 'the inside')
    expect(line).toMatchObject({ level: 'error', req: { id: 'req-7' }, msg: 'internal' })
  })
})

describe('a database that fails', () => {
  it.each([
    ['get', '/me', undefined],
    ['get', '/verify', undefined],
    ['get', '/me/sessions', undefined],
    ['post', '/logout', undefined],
    ['get', '/admin/users', undefined],
    ['post', '/login', { username: 'root', password: PASSWORD }],
    ['get', '/readyz', undefined],
  ] as const)('closes the door: %s %s is 503', async (method, path, body) => {
    const { app, database, log, root } = await startPopulatedBench()
    await database.close()
    const answer = await request(app)[method](path).set(root.headers).send(body)
    expect([answer.status, answer.body.code]).toEqual([503, 'unavailable'])
    expect(answer.headers['retry-after']).toBe('1')
    expect(answer.text).not.toMatch(/database connection|sqlite/i)
    await vi.waitFor(() => expect(log.join('')).toContain('The database connection is not open'))
  })

  it('closes the door where only the users cannot be read, and logs why', async () => {
    const { app, database, clock, log, ada } = await startPopulatedBench()
    const cause = new Error('disk I/O error')
    vi.spyOn(database.users, 'find').mockRejectedValue(
      new SlidingSessionError('unavailable', undefined, { cause }),
    )
    clock.now = T0 + HOUR
    const answer = await request(app).get('/verify').set(ada.headers)
    expect([answer.status, answer.body.code]).toEqual([503, 'unavailable'])
    expect(answer.headers).not.toHaveProperty('x-jwt')
    expect(log.join('')).toContain('disk I/O error')
  })
})

describe('probes', () => {
  it('answer', async () => {
    const { app } = await startBench()
    for (const path of ['/healthz', '/readyz']) {
      const { status, body } = await request(app).get(path)
      expect([status, body]).toEqual([200, { status: 'ok' }])
    }
  })

  it('tell that the server is stopping, and let connections go', async () => {
    const { app } = await startBench({ isStopping: () => true })
    const ready = await request(app).get('/readyz')
    expect([ready.status, ready.body.code, ready.headers['retry-after']]).toEqual([503, 'unavailable', '1'])
    const alive = await request(app).get('/healthz')
    expect([alive.status, alive.headers['connection']]).toEqual([200, 'close'])
  })
})

describe('headers', () => {
  it('are those of helmet, without a word on what runs here', async () => {
    const { app } = await startBench()
    const { headers } = await request(app).get('/healthz')
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'self'"),
      'strict-transport-security': expect.any(String),
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    expect(headers).not.toHaveProperty('x-powered-by')
  })

  it.each([
    ['one word', 'abc.DEF-1_2', true],
    ['64 characters', 'x'.repeat(64), true],
    ['65 characters', 'x'.repeat(65), false],
    ['blanks', 'a b', false],
    ['markup', '<b>', false],
    ['nothing', '', false],
  ])('carry the id of the request: %s', async (_what, id, isKept) => {
    const { app } = await startBench()
    const { headers } = await request(app).get('/healthz').set('X-Request-Id', id)
    if (isKept) expect(headers['x-request-id']).toBe(id)
    else expect(headers['x-request-id']).toMatch(/^[\da-f-]{36}$/)
  })

  it('do not believe a client its address, unless a proxy is trusted', async () => {
    for (const [trustProxy, ip] of [
      [false, '127.0.0.1'],
      [1, '198.51.100.7'],
      ['loopback', '198.51.100.7'],
    ] as const) {
      const bench = await startBench({ trustProxy })
      await addUser(bench, 'ada')
      const { body } = await request(bench.app)
        .post('/login')
        .set('X-Forwarded-For', '198.51.100.7')
        .send({ username: 'ada', password: PASSWORD })
      expect(body.session.ip).toBe(ip)
    }
  })
})

describe('CORS', () => {
  const preflight = (app: Parameters<typeof request>[0], origin: string) =>
    request(app).options('/me').set({
      Origin: origin,
      'Access-Control-Request-Method': 'PUT',
      'Access-Control-Request-Headers': 'authorization',
    })

  it('lets pages of the listed origins in', async () => {
    const { app } = await startBench({ corsOrigins: ['https://other.example.org', ORIGIN] })
    const { status, headers } = await preflight(app, ORIGIN)
    expect(status).toBe(204)
    expect(headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'GET,POST,PUT,PATCH,DELETE',
      'access-control-allow-headers': 'Authorization,Content-Type,X-Request-Id',
      'access-control-max-age': '600',
    })
    expect(headers['vary']).toContain('Origin')
    expect(headers).not.toHaveProperty('access-control-allow-credentials')
  })

  it.each([
    ['others', [ORIGIN], 'https://evil.example.org'],
    ['one that only begins alike', [ORIGIN], `${ORIGIN}.evil.example`],
    ['any where none is listed', [], ORIGIN],
  ])('keeps out %s', async (_what, corsOrigins, origin) => {
    const { app } = await startBench({ corsOrigins })
    const { headers } = await preflight(app, origin)
    expect(headers).not.toHaveProperty('access-control-allow-origin')
    const plain = await request(app).get('/healthz').set('Origin', origin)
    expect(plain.headers).not.toHaveProperty('access-control-allow-origin')
  })

  it('lets all in with *', async () => {
    const { app } = await startBench({ corsOrigins: ['*'] })
    expect((await preflight(app, ORIGIN)).headers['access-control-allow-origin']).toBe('*')
  })

  it('lets pages read the token, the refusals, and how long to wait', async () => {
    const bench = await startPopulatedBench({ corsOrigins: [ORIGIN] })
    bench.clock.now = T0 + HOUR
    const renewed = await request(bench.app).get('/me').set(bench.ada.headers).set('Origin', ORIGIN)
    expect(renewed.headers['x-jwt']).toBeTypeOf('string')
    expect(renewed.headers['access-control-expose-headers']).toBe('X-JWT,X-Request-Id,Retry-After')
    expect(renewed.headers['access-control-allow-origin']).toBe(ORIGIN)
    const refused = await request(bench.app).get('/me').set('Origin', ORIGIN)
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([401, ORIGIN])
  })
})

describe('the log', () => {
  it('has one line for each answer, with its outcome', async () => {
    const bench = await startPopulatedBench()
    bench.log.length = 0
    bench.clock.now = T0 + HOUR
    await request(bench.app).get('/me?secret=1').set(bench.ada.headers).set('X-Request-Id', 'a')
    await request(bench.app).get('/me').set('X-Request-Id', 'b')
    await request(bench.app).get('/healthz')
    await vi.waitFor(() => expect(bench.log).toHaveLength(3))
    const [renewed, refused, probe] = bench.log.map((line) => JSON.parse(line))
    expect(renewed).toMatchObject({
      level: 'info',
      req: { id: 'a', method: 'GET', path: '/me', ip: '127.0.0.1' },
      res: { status: 200 },
      outcome: 'renewed',
      userId: bench.ada.id,
      renewed: true,
      ms: expect.any(Number),
    })
    expect(refused).toMatchObject({
      req: { id: 'b' },
      res: { status: 401 },
      outcome: 'token_missing',
      code: 'token_missing',
    })
    expect(probe).toMatchObject({ level: 'debug', outcome: 'ok' })
  })

  it('tells of a client that went before its answer, with the outcome that the metrics count', async () => {
    const bench = await startPopulatedBench()
    const server = bench.app.listen(0)
    onTestFinished(() => void server.close())
    const asked = vi.spyOn(bench.users, 'find').mockReturnValue(new Promise(() => undefined))
    bench.log.length = 0
    const client = new AbortController()
    const { port } = server.address() as AddressInfo
    const answer = fetch(`http://127.0.0.1:${port}/me`, {
      headers: bench.ada.headers,
      signal: client.signal,
    })
    await vi.waitFor(() => expect(asked).toHaveBeenCalled())
    client.abort()
    await expect(answer).rejects.toThrow('aborted')
    await vi.waitFor(() => expect(bench.log).toHaveLength(1))
    expect(JSON.parse(bench.log[0] ?? '')).toMatchObject({ outcome: 'aborted', userId: bench.ada.id })
    expect(await bench.metrics.registry.metrics()).toContain('requests_total{outcome="aborted"} 1')
  })

  it('holds neither tokens nor passwords, whatever is sent', async () => {
    const bench = await startPopulatedBench()
    const { app, ada, log } = bench
    const cookie = { Cookie: 'jar=hush-cookie', 'X-JWT': 'hush-header' }
    await request(app).post('/login').set(cookie).send({ username: 'ada', password: WRONG })
    await request(app).post('/login').type('json').send(`{"username":"ada","password":"${WRONG}`)
    await request(app)
      .post(`/login?password=${WRONG}`)
      .send({ password: WRONG, [WRONG]: 1 })
    await request(app).get(`/verify?access_token=${ada.token}`).set(ada.headers).set(cookie)
    await request(app).get(`/nothing/${ada.token}`).set(ada.headers)
    await request(app)
      .put('/me/password')
      .set(ada.headers)
      .send({ currentPassword: PASSWORD, newPassword: WRONG })
    bench.clock.now = T0 + HOUR
    const { headers } = await request(app).get('/me').set(ada.headers).expect(200)
    await vi
      .spyOn(bench.users, 'find')
      .mockRejectedValue(Object.assign(new Error('broken'), { token: ada.token, body: PASSWORD }))
    await request(app).get('/me').set(ada.headers).expect(500)
    await bench.database.close()
    await request(app).post('/login').send({ username: 'ada', password: PASSWORD })
    await vi.waitFor(() => expect(log.length).toBeGreaterThan(10))
    const all = log.join('')
    const [, payload = '', signature = ''] = ada.token.split('.')
    const secrets = [
      ada.token,
      payload,
      signature,
      headers['x-jwt'] as string,
      PASSWORD,
      WRONG,
      'hush',
      'argon2',
      'eyJ',
    ]
    for (const secret of secrets) expect(all).not.toContain(secret)
    expect(all).toContain('broken')
  })

  it('redacts what should never have been given to it', async () => {
    const { log } = await startBench()
    const { createLogger } = await import('../../src/server/logging.ts')
    const logger = createLogger('info', { write: (line) => void log.push(line) })
    logger.info({
      req: { headers: { authorization: 'hush', 'x-jwt': 'hush', cookie: 'hush' } },
      res: { headers: { 'x-jwt': 'hush', 'set-cookie': ['hush'] } },
      body: { password: 'hush', newPassword: 'hush', token: 'hush' },
      token: 'hush',
    })
    expect(log.join('')).toContain('[redacted]')
    expect(log.join('')).not.toContain('hush')
  })
})

describe('many requests at once', () => {
  it('are all answered, and one of them renews', async () => {
    const bench = await startPopulatedBench()
    const server = bench.app.listen(0)
    onTestFinished(() => void server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    bench.clock.now = T0 + HOUR
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => request(url).get('/me').set(bench.ada.headers)),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(50)
    expect(answers.filter(({ headers }) => headers['x-jwt'] !== undefined)).toHaveLength(1)
    const { headers } = await logIn(bench, 'ada')
    await request(url).get('/me').set(headers).expect(200)
  })
})
