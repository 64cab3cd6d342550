import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import request from 'supertest'
import { expect, it, onTestFinished, vi } from 'vitest'
import { HOUR, T0 } from '../support/records.ts'
import { NEW_PASSWORD, tellStory } from './openapi/story.ts'
import { bearer, logIn, PASSWORD, PASSWORD_HASH, SECRET, startPopulatedBench, WRONG } from './support.ts'

/** Every token that goes in or out while the test runs, as Node's HTTP server sees it. */
function watchTokens(): ReadonlySet<string> {
  const tokens = new Set<string>()
  const seen = (message: unknown) => {
    const { request: req, response } = message as { request: IncomingMessage; response: ServerResponse }
    for (const value of [req.headers.authorization?.slice('Bearer '.length), response.getHeader('X-JWT')]) {
      if (typeof value === 'string') tokens.add(value)
    }
  }
  subscribe('http.server.response.finish', seen)
  onTestFinished(() => void unsubscribe('http.server.response.finish', seen))
  return tokens
}

it('nothing that is logged in a whole story is a token, a part of one, a password, a hash or a key', async () => {
  const tokens = watchTokens()
  const bench = await startPopulatedBench()
  const { app, clock, log } = bench
  await tellStory(bench)

  // And what goes wrong: everything that an attacker or a clumsy client puts in any place.
  const root = await logIn(bench, 'root')
  clock.now = T0 + HOUR
  const renewed = await request(app).get('/me').set(root.headers)
  const successor = bearer(String(renewed.headers['x-jwt']))
  await request(app).get(`/verify?access_token=${root.token}`).set(successor)
  clock.now += 2 * HOUR
  await request(app).get('/me').set(successor).set('User-Agent', 'curl/8')
  await request(app).get(`/me/sessions/${root.token}`).set(root.headers)
  await request(app)
    .get('/me')
    .set('Authorization', `Basic ${Buffer.from(`root:${PASSWORD}`).toString('base64')}`)
  await request(app)
    .post(`/login?password=${PASSWORD}`)
    .send({ username: 'ada', password: WRONG, token: root.token })
  await request(app).post('/login').type('json').send(`{"username":"ada","password":"${PASSWORD}`)
  await request(app).put('/me/password').set(root.headers).send({ currentPassword: PASSWORD })
  vi.spyOn(bench.users, 'find').mockRejectedValue(Object.assign(new Error('broken'), { hash: PASSWORD_HASH }))
  await request(app)
    .get('/me')
    .set((await logIn(bench, 'root')).headers)
  await bench.database.close()
  await request(app).post('/login').send({ username: 'root', password: PASSWORD })

  expect(tokens.size).toBeGreaterThan(5)
  const lines = log.map((line): Record<string, unknown> => JSON.parse(line))
  const answered = lines.filter(({ res }) => res !== undefined)
  expect(answered.length).toBeGreaterThan(30)
  for (const line of answered) {
    const { status } = line['res'] as { status: number }
    expect(line).toMatchObject({ time: expect.any(String), req: { id: expect.any(String) } })
    expect(typeof line['code']).toBe(status >= 400 ? 'string' : 'undefined')
  }
  const all = log.join('')
  const parts = [...tokens].flatMap((token) => [token, ...token.split('.').slice(1)])
  const base64 = Buffer.from(`root:${PASSWORD}`).toString('base64')
  for (const secret of [...parts, PASSWORD, NEW_PASSWORD, WRONG, SECRET, base64, 'argon2', 'eyJ']) {
    expect(all.includes(secret), `a secret of ${secret.length} characters is in the log`).toBe(false)
  }
  expect(all).toContain('broken')
})
