import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import request, { type Response } from 'supertest'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createApp } from '../../examples/monolith/app.ts'
import { createClient } from '../../src/client/index.ts'
import { claimsOf } from '../client/tokens.ts'
import { CHROME, FIREFOX } from '../support/user-agents.ts'
import { LIFETIME_AND_MORE_MS } from './stand-alone.ts'

const PASSWORD = randomBytes(9).toString('base64url')

type Monolith = Awaited<ReturnType<typeof createApp>>

describe('examples/monolith', () => {
  let monolith: Monolith
  beforeEach(async () => {
    monolith = await createApp({ databasePath: ':memory:', secret: randomBytes(32) })
  })
  afterEach(() => monolith.close())

  const enter = (path: string, name: string, userAgent = FIREFOX, password = PASSWORD): request.Test =>
    request(monolith.app).post(path).set('User-Agent', userAgent).send({ name, password })

  const ask = (method: 'get' | 'post' | 'delete', path: string, { headers }: Response): request.Test =>
    request(monolith.app)[method](path).set('Authorization', `Bearer ${headers['x-jwt']}`)

  it('signs up, takes orders, and shows them after another login', async () => {
    const ada = await enter('/signup', 'ada')
    expect([ada.status, ada.body]).toEqual([201, { id: expect.any(String), name: 'ada', role: 'admin' }])
    expect((await ask('post', '/orders', ada).send({ what: 'tea' })).status).toBe(201)
    const again = await enter('/login', 'ada', CHROME)
    expect((await ask('get', '/orders', again)).body).toEqual(['tea'])
    const grace = await enter('/signup', 'grace')
    expect([grace.body.role, (await ask('get', '/orders', grace)).body]).toEqual(['user', []])
  })

  it.each([
    ['a wrong password', '/login', 'ada', 'another password', 401, 'credentials_invalid'],
    ['an unknown name', '/login', 'bob', PASSWORD, 401, 'credentials_invalid'],
    ['no name', '/login', '', PASSWORD, 401, 'credentials_invalid'],
    ['a name that is taken', '/signup', 'ada', PASSWORD, 409, 'conflict'],
    ['a short password', '/signup', 'bob', '7 chars', 400, 'body_invalid'],
  ])('refuses %s', async (_what, path, name, password, status, code) => {
    await enter('/signup', 'ada')
    const answer = await enter(path, name, FIREFOX, password)
    expect([answer.status, answer.body.code, answer.headers['x-jwt']]).toEqual([status, code, undefined])
  })

  it('refuses who has no session, and a body that is no order', async () => {
    const answer = await request(monolith.app).get('/orders')
    expect([answer.status, answer.body.code]).toEqual([401, 'token_missing'])
    const ada = await enter('/signup', 'ada')
    expect((await ask('post', '/orders', ada).send({ what: 5 })).body.code).toBe('body_invalid')
  })

  it('answers a body that is no JSON, and one that is too long, as a problem', async () => {
    for (const [body, code] of [
      ['{"name":', 'body_invalid'],
      [JSON.stringify({ name: 'x'.repeat(200_000) }), 'payload_too_large'],
    ] as const) {
      const answer = await request(monolith.app).post('/login').type('json').send(body)
      expect([answer.type, answer.body.code]).toEqual(['application/problem+json', code])
      expect(answer.text).not.toContain('node_modules')
    }
  })

  it('lists devices, ends one, and all others after a phone was lost', async () => {
    const [desk, phone, tablet] = [
      await enter('/signup', 'ada'),
      await enter('/login', 'ada', CHROME),
      await enter('/login', 'ada', CHROME),
    ]
    const { sessions } = (await ask('get', '/me/sessions', desk)).body
    expect(sessions.map(({ current }: { current: boolean }) => current).sort()).toEqual([false, false, true])
    const { jti } = claimsOf(phone.headers['x-jwt'])
    expect((await ask('delete', `/me/sessions/${jti}`, desk)).status).toBe(204)
    expect((await ask('get', '/orders', phone)).body.code).toBe('session_revoked')
    expect((await ask('post', '/lost-phone', desk)).body).toEqual({ revoked: 1 })
    expect((await ask('get', '/orders', tablet)).body.code).toBe('session_revoked')
    expect((await ask('post', '/logout', desk)).status).toBe(204)
    expect((await ask('get', '/orders', desk)).body.code).toBe('session_revoked')
  })

  it('lets admins only remove a user, whose sessions end by themselves', async () => {
    const [admin, grace] = [await enter('/signup', 'ada'), await enter('/signup', 'grace')]
    expect((await ask('delete', `/users/${admin.body.id}`, grace)).body.code).toBe('forbidden')
    expect((await ask('delete', `/users/${grace.body.id}`, admin)).status).toBe(204)
    expect((await ask('delete', `/users/${admin.body.id}`, grace)).body.code).toBe('user_disabled')
    expect((await ask('get', '/orders', grace)).body.code).toBe('session_revoked')
    expect((await enter('/login', 'grace')).body.code).toBe('credentials_invalid')
    expect((await ask('delete', `/users/${grace.body.id}`, admin)).body.code).toBe('not_found')
  })

  it('serves its page and the client of it, with a strict Content-Security-Policy', async () => {
    const page = await request(monolith.app).get('/')
    expect(page.headers['content-security-policy']).toContain("script-src 'self'")
    expect(page.text).not.toMatch(/<script(?![^>]* src=)|style=| on\w+=/)
    for (const path of ['/page.js', '/style.css', '/client/sliding.js']) {
      expect([path, (await request(monolith.app).get(path)).status]).toEqual([path, 200])
    }
  })
})

describe('node examples/monolith/main.ts', () => {
  let child: ChildProcess
  afterEach(async () => {
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
    expect(child.exitCode).toBe(0)
  })

  it('starts with one command, and renews tokens that live for one second', async () => {
    const command = fileURLToPath(new URL('../../examples/monolith/main.ts', import.meta.url))
    child = spawn(process.execPath, [command, '--port', '0', '--token-ttl', '1s'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const client = createClient({ baseUrl: await urlOf(child) })
    expect((await client.login({ name: 'ada', password: PASSWORD }, 'signup')).status).toBe(201)
    for (const gen of [1, 2]) {
      await wait(LIFETIME_AND_MORE_MS)
      expect(await (await client.fetch('orders')).json()).toEqual([])
      expect(claimsOf(client.token()).gen).toBe(gen)
    }
  })
})

async function urlOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('there is no output')
  for await (const line of createInterface({ input: stdout })) {
    const url = /https?:\S+/.exec(line)?.[0]
    if (url !== undefined) return url
  }
  throw new Error('it did not start')
}
