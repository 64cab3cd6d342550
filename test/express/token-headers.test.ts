import cors from 'cors'
import type { Express, RequestHandler, Response } from 'express'
import { describe, expect, it } from 'vitest'
import { testApp } from '../support/app.ts'
import { type Answer, ask, countOf } from '../support/http.ts'
import { MINUTE } from '../support/records.ts'

const ORIGIN = 'https://app.example'

async function renewal(
  handler: RequestHandler,
  { before, routes }: { before?: (app: Express) => void; routes?: (app: Express) => void } = {},
): Promise<Answer> {
  const test = await testApp({
    ...(before && { before }),
    routes(app) {
      routes?.(app)
      app.get('/route', handler)
    },
  })
  const token = await test.login()
  test.clock.advance(16 * MINUTE)
  const headers = { Authorization: `Bearer ${token}`, Origin: ORIGIN }
  const answer = await ask(test.port, '/route', { headers })
  expect(answer.status).toBe(200)
  expect(answer.headers['x-jwt']).toBeDefined()
  for (const name of ['Cache-Control', 'Vary', 'Access-Control-Expose-Headers']) {
    expect(countOf(answer, name)).toBe(1)
  }
  return answer
}

interface Case {
  readonly name: string
  readonly set: (res: Response) => unknown
  readonly expose?: string
  readonly vary?: string
}

const CASES: readonly Case[] = [
  { name: 'nothing of its own', set: () => undefined },
  { name: 'Cache-Control', set: (res) => res.set('Cache-Control', 'public, max-age=3600') },
  { name: 'Cache-Control twice', set: (res) => res.setHeader('Cache-Control', ['public', 'max-age=60']) },
  { name: 'cache-control in small letters', set: (res) => res.setHeader('cache-control', 'public') },
  { name: 'Vary', set: (res) => res.vary('Accept-Language'), vary: 'Accept-Language, Authorization' },
  { name: 'Vary with Authorization', set: (res) => res.vary('authorization'), vary: 'authorization' },
  { name: 'Vary *', set: (res) => res.vary('*'), vary: '*, Authorization' },
  {
    name: 'a list of Vary',
    set: (res) => res.setHeader('Vary', ['Accept', 'Origin']),
    vary: 'Accept, Origin, Authorization',
  },
  {
    name: 'Access-Control-Expose-Headers',
    set: (res) => res.set('Access-Control-Expose-Headers', 'ETag, Link'),
    expose: 'ETag, Link, X-JWT',
  },
  {
    name: 'a list of Access-Control-Expose-Headers',
    set: (res) => res.setHeader('Access-Control-Expose-Headers', ['ETag', 'Link']),
    expose: 'ETag, Link, X-JWT',
  },
  {
    name: 'Access-Control-Expose-Headers with x-jwt',
    set: (res) => res.set('Access-Control-Expose-Headers', 'x-jwt,ETag'),
    expose: 'x-jwt,ETag',
  },
  {
    name: 'Access-Control-Expose-Headers with a word that ends like it',
    set: (res) => res.set('Access-Control-Expose-Headers', 'Not-X-JWT'),
    expose: 'Not-X-JWT, X-JWT',
  },
  {
    name: 'Access-Control-Expose-Headers of nothing',
    set: (res) => res.setHeader('Access-Control-Expose-Headers', ''),
    expose: 'X-JWT',
  },
  { name: 'X-JWT of its own', set: (res) => res.set('X-JWT', 'something else') },
]

describe('beside a new token, a handler that sets', () => {
  it.each(CASES)(
    '$name: overridden or added to',
    async ({ set, expose = 'X-JWT', vary = 'Authorization' }) => {
      const answer = await renewal((_req, res) => {
        set(res)
        res.send('text')
      })
      expect(answer.headers).toMatchObject({
        'cache-control': 'no-store',
        'access-control-expose-headers': expose,
        vary,
      })
      expect(String(answer.headers['x-jwt']).split('.')).toHaveLength(3)
      expect(countOf(answer, 'X-JWT')).toBe(1)
    },
  )

  it.each([
    ['Cache-Control', 'public', 'no-store'],
    ['cache-control', 'public', 'no-store'],
    ['Vary', 'Accept', 'Accept, Authorization'],
    ['Access-Control-Expose-Headers', 'ETag', 'ETag, X-JWT'],
  ])('%s through writeHead, in each of its forms', async (name, value, expected) => {
    for (const headers of [{ [name]: value }, [name, value], [[name, value]]]) {
      const answer = await renewal((_req, res) => {
        res.writeHead(200, headers as never)
        res.end()
      })
      expect(answer.headers[name.toLowerCase()]).toBe(expected)
    }
  })
})

describe('the cors package', () => {
  const options = { origin: ORIGIN, exposedHeaders: ['ETag'], credentials: true }
  const send: RequestHandler = (_req, res) => {
    res.send('text')
  }

  it.each([
    ['before', { before: (app: Express) => app.use(cors(options)) }],
    ['after', { routes: (app: Express) => app.use(cors(options)) }],
  ])('%s authenticate: both say their word', async (_, where) => {
    const answer = await renewal(send, where)
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-expose-headers': 'ETag, X-JWT',
      vary: 'Origin, Authorization',
      'cache-control': 'no-store',
    })
  })

  it('that exposes everything exposes the token by name, as * does not for requests with credentials', async () => {
    const answer = await renewal(send, { before: (app) => app.use(cors({ exposedHeaders: '*' })) })
    expect(answer.headers['access-control-expose-headers']).toBe('*, X-JWT')
  })
})
