import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Request, RequestHandler, Response } from 'express'
import { describe, expect, it } from 'vitest'
import { type TestApp, testApp } from '../support/app.ts'
import { temporaryFolder } from '../support/files.ts'
import { decode } from '../support/forge.ts'
import { type Answer, ask, countOf } from '../support/http.ts'
import { MINUTE } from '../support/records.ts'

/** Answers of a handler to a request that renews its session. */
async function answerOf(
  handler: RequestHandler,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<{ answer: Answer; test: TestApp }> {
  const test = await testApp({ routes: (app) => app.all('/route', handler) })
  const token = await test.login()
  test.clock.advance(16 * MINUTE)
  const answer = await ask(test.port, '/route', {
    method,
    headers: { Authorization: `Bearer ${token}`, ...headers },
  })
  return { answer, test }
}

function expectToken(answer: Answer): void {
  expect(decode(String(answer.headers['x-jwt']))).toMatchObject({ sub: 'ada', gen: 1 })
  expect(countOf(answer, 'X-JWT')).toBe(1)
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(countOf(answer, 'Cache-Control')).toBe(1)
  expect(wordsOf(answer.headers['access-control-expose-headers'])).toContain('x-jwt')
  expect(wordsOf(answer.headers.vary)).toContain('authorization')
}

function wordsOf(list: string | undefined): string[] {
  return (list ?? '').split(',').map((word) => word.trim().toLowerCase())
}

const FILE = join(import.meta.dirname, 'write-response.test.ts')

/** What routes answer, and with which status it arrives. */
const ROUTES: Record<
  string,
  { readonly handler: RequestHandler; readonly status: number; readonly body?: string }
> = {
  'res.json': { handler: (_req, res) => res.json({ a: 1 }), status: 200, body: '{"a":1}' },
  'res.send': { handler: (_req, res) => res.send('text'), status: 200, body: 'text' },
  'res.end': { handler: (_req, res) => res.end(), status: 200, body: '' },
  '201 with a location': {
    handler: (_req, res) => res.status(201).location('/orders/7').json({ id: 7 }),
    status: 201,
  },
  '204': { handler: (_req, res) => res.status(204).end(), status: 204, body: '' },
  'a redirect': { handler: (_req, res) => res.redirect('/elsewhere'), status: 302 },
  '404 of the handler': { handler: (_req, res) => res.sendStatus(404), status: 404 },
  '404, as no handler answers': { handler: (_req, _res, next) => next('router'), status: 404 },
  '500 of the handler': { handler: (_req, res) => res.status(500).send('broken'), status: 500 },
  'an error thrown at once': {
    handler: () => {
      throw new Error('broken')
    },
    status: 500,
  },
  'an error thrown later': {
    handler: async () => {
      await Promise.resolve()
      throw new Error('broken')
    },
    status: 500,
  },
  'an error handed on': { handler: (_req, _res, next) => next(new Error('broken')), status: 500 },
  'a body in pieces': {
    handler: (_req, res) => {
      res.write('one ')
      setImmediate(() => res.end('two'))
    },
    status: 200,
    body: 'one two',
  },
  'a file': { handler: (_req, res) => res.sendFile(FILE), status: 200 },
  'a file that is not there': { handler: (_req, res) => res.sendFile(`${FILE}.missing`), status: 404 },
  flushHeaders: {
    handler: (_req, res) => {
      res.flushHeaders()
      setImmediate(() => res.end('later'))
    },
    status: 200,
    body: 'later',
  },
  writeHead: { handler: (_req, res) => res.writeHead(202).end('ok'), status: 202, body: 'ok' },
  'writeHead after a handler that set headers': {
    handler: (_req, res) => res.set('X-Own', 'kept').writeHead(200).end(),
    status: 200,
  },
  'an implicit head of plain Node': {
    handler: (_req, res) => {
      res.statusCode = 418
      res.end('teapot')
    },
    status: 418,
    body: 'teapot',
  },
}

describe('a renewed token goes out with whatever the route answers:', () => {
  it.each(Object.entries(ROUTES))('%s', async (_, { handler, status, body }) => {
    const { answer } = await answerOf(handler)
    expect(answer.status).toBe(status)
    if (body !== undefined) expect(answer.body).toBe(body)
    expectToken(answer)
  })

  it('HEAD', async () => {
    const { answer } = await answerOf((_req, res) => res.json({ a: 1 }), { method: 'HEAD' })
    expect(answer.status).toBe(200)
    expect(answer.body).toBe('')
    expectToken(answer)
  })

  it('304 for what the client has', async () => {
    const handler = (_req: Request, res: Response) => res.set('ETag', '"v1"').send('text')
    const { answer } = await answerOf(handler, { headers: { 'If-None-Match': '"v1"' } })
    expect(answer.status).toBe(304)
    expect(answer.headers.etag).toBe('"v1"')
    expectToken(answer)
  })

  it('304 for a file that the client has', async () => {
    const path = join(temporaryFolder(), 'file.txt')
    writeFileSync(path, 'text')
    const handler = (_req: Request, res: Response) => res.sendFile(path)
    const { answer } = await answerOf(handler, {
      headers: { 'If-Modified-Since': new Date(Date.now() + MINUTE).toUTCString() },
    })
    expect(answer.status).toBe(304)
    expectToken(answer)
  })

  it('403, as the role does not permit the route', async () => {
    const test = await testApp({
      routes: (app, sessions) =>
        app.get('/admin', sessions.authenticate({ role: 'admin' }), (_req, res) => res.end('secret')),
    })
    const token = await test.login()
    test.clock.advance(16 * MINUTE)
    const answer = await ask(test.port, '/admin', { headers: { Authorization: `Bearer ${token}` } })
    expect(answer.status).toBe(403)
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'forbidden' })
    expectToken(answer)
  })
})

/** Forms in which headers are given to `writeHead`. */
const HEADS: Record<string, (res: Response) => unknown> = {
  'an object': (res) => res.writeHead(201, { 'X-Own': 'kept', 'Cache-Control': 'public, max-age=60' }),
  'an object and a message': (res) =>
    res.writeHead(201, 'Made', { 'X-Own': 'kept', 'Cache-Control': 'public, max-age=60' }),
  'a flat list': (res) => res.writeHead(201, ['X-Own', 'kept', 'Cache-Control', 'public, max-age=60']),
  'a flat list and a message': (res) =>
    res.writeHead(201, 'Made', ['X-Own', 'kept', 'Cache-Control', 'public, max-age=60']),
  pairs: (res) =>
    res.writeHead(201, [
      ['X-Own', 'kept'],
      ['Cache-Control', 'public, max-age=60'],
    ] as never),
  'an object with a message that is undefined': (res) =>
    res.writeHead(201, undefined, { 'X-Own': 'kept', 'Cache-Control': 'public, max-age=60' }),
  'headers that were set before': (res) =>
    res.set('X-Own', 'kept').set('Cache-Control', 'public, max-age=60').writeHead(201),
}

describe('writeHead', () => {
  it.each(Object.entries(HEADS))(
    'with %s: the handler’s headers stay, but for Cache-Control',
    async (name, head) => {
      const { answer } = await answerOf((_req, res) => {
        head(res)
        res.end('made')
      })
      expect(answer.status).toBe(201)
      expect(answer.message).toBe(name.includes('and a message') ? 'Made' : 'Created')
      expect(answer.headers['x-own']).toBe('kept')
      expect(answer.body).toBe('made')
      expectToken(answer)
    },
  )

  it.each([
    ['a message alone', (res: Response) => res.writeHead(200, 'Fine'), 'Fine'],
    ['null for headers', (res: Response) => res.writeHead(200, null as never), 'OK'],
    ['a message and null', (res: Response) => res.writeHead(200, 'Fine', null as never), 'Fine'],
    ['an empty list', (res: Response) => res.writeHead(200, []), 'OK'],
    ['an empty object', (res: Response) => res.writeHead(200, {}), 'OK'],
  ])('with %s', async (_, head, message) => {
    const { answer } = await answerOf((_req, res) => {
      head(res)
      res.end('fine')
    })
    expect([answer.status, answer.message, answer.body]).toEqual([200, message, 'fine'])
    expectToken(answer)
  })

  it.each([
    ['a flat list with a list of values', ['Set-Cookie', ['a=1', 'b=2'], 'X-Own', 'kept']],
    ['a flat list with a name twice', ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'X-Own', 'kept']],
    [
      'pairs with a name twice',
      [
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
        ['X-Own', 'kept'],
      ],
    ],
    [
      'pairs with a list of values',
      [
        ['Set-Cookie', ['a=1', 'b=2']],
        ['X-Own', 'kept'],
      ],
    ],
    ['an object with a list of values', { 'Set-Cookie': ['a=1', 'b=2'], 'X-Own': 'kept' }],
  ])('with %s keeps every value', async (_, headers) => {
    const { answer } = await answerOf((_req, res) => {
      res.writeHead(200, headers as never)
      res.end()
    })
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2'])
    expect(answer.headers['x-own']).toBe('kept')
    expectToken(answer)
  })

  it('with a list replaces what was set before, as Node does', async () => {
    const { answer } = await answerOf((_req, res) => {
      res.set('X-Own', 'before').writeHead(200, ['X-Own', 'after'])
      res.end()
    })
    expect(answer.headers['x-own']).toBe('after')
    expectToken(answer)
  })

  it('with numbers for values', async () => {
    const { answer } = await answerOf((_req, res) => {
      res.writeHead(200, { 'Content-Length': 4, 'X-Count': 7 })
      res.end('four')
    })
    expect(answer.headers).toMatchObject({ 'content-length': '4', 'x-count': '7' })
    expectToken(answer)
  })

  it.each([
    ['a status that is none', (res: Response) => res.writeHead(99_999)],
    ['a header that is none', (res: Response) => res.writeHead(200, { 'X-Own': 'line\nbreak' })],
    ['a header that is undefined', (res: Response) => res.writeHead(200, ['X-Own', undefined] as never)],
  ])('with %s throws, and the error’s answer has the token', async (_, head) => {
    const { answer, test } = await answerOf((_req, res) => {
      head(res)
    })
    expect(test.errors).toHaveLength(1)
    expect(answer.status).toBe(500)
    expect(JSON.parse(answer.body)).toEqual({ code: 'host_error' })
    expectToken(answer)
  })

  it('called twice throws as ever, and one head goes out', async () => {
    const errors: unknown[] = []
    const { answer } = await answerOf((_req, res) => {
      res.writeHead(200)
      try {
        res.writeHead(201, { 'X-Late': 'yes' })
      } catch (error) {
        errors.push(error)
      }
      res.end()
    })
    expect(errors).toEqual([expect.objectContaining({ code: 'ERR_HTTP_HEADERS_SENT' })])
    expect(answer.status).toBe(200)
    expectToken(answer)
  })

  it('wrapped by other middleware still works', async () => {
    const test = await testApp({
      before: (app) => app.use(wrapWriteHead('X-Outer')),
      routes: (app) => app.get('/route', wrapWriteHead('X-Inner'), (_req, res) => res.send('text')),
    })
    const token = await test.login()
    test.clock.advance(16 * MINUTE)
    const answer = await ask(test.port, '/route', { headers: { Authorization: `Bearer ${token}` } })
    expect(answer.headers).toMatchObject({ 'x-outer': '1', 'x-inner': '1' })
    expectToken(answer)
  })
})

/** What `on-headers` and its kind do. */
function wrapWriteHead(name: string): RequestHandler {
  return (_req, res, next) => {
    const writeHead = res.writeHead
    let times = 0
    res.writeHead = ((...args: Parameters<typeof writeHead>) => {
      times += 1
      res.setHeader(name, String(times))
      return writeHead.apply(res, args)
    }) as typeof writeHead
    next()
  }
}

describe('an answer without a renewal', () => {
  it('is left alone', async () => {
    const test = await testApp({
      routes: (app) => app.get('/route', (_req, res) => res.set('Cache-Control', 'public').send('text')),
    })
    const token = await test.login()
    const answer = await ask(test.port, '/route', { headers: { Authorization: `Bearer ${token}` } })
    expect(answer.headers['x-jwt']).toBeUndefined()
    expect(answer.headers['cache-control']).toBe('public')
    expect(answer.headers['access-control-expose-headers']).toBeUndefined()
    expect(answer.headers.vary).toBeUndefined()
  })
})
