import request from 'supertest'
import { expect, it, vi } from 'vitest'
import { watchSecrets } from '../support/log.ts'
import { HOUR, T0 } from '../support/records.ts'
import { NEW_PASSWORD, tellStory } from './openapi/story.ts'
import { bearer, logIn, PASSWORD, PASSWORD_HASH, SECRET, startPopulatedBench, WRONG } from './support.ts'

it('nothing that is logged in a whole story is a token, a part of one, a password, a hash or a key', async () => {
  const sent = watchSecrets()
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

  expect([...sent].filter((secret) => secret.startsWith('eyJ')).length).toBeGreaterThan(10)
  const lines = log.map((line): Record<string, unknown> => JSON.parse(line))
  const answered = lines.filter(({ res }) => res !== undefined)
  expect(answered.length).toBeGreaterThan(30)
  for (const line of answered) {
    const { status } = line['res'] as { status: number }
    expect(line).toMatchObject({ time: expect.any(String), req: { id: expect.any(String) } })
    expect(typeof line['code']).toBe(status >= 400 ? 'string' : 'undefined')
    expect(line['outcome']).toBe(line['code'] ?? (line['renewed'] ? 'renewed' : 'ok'))
  }
  const all = log.join('')
  const base64 = Buffer.from(`root:${PASSWORD}`).toString('base64')
  for (const secret of [...sent, PASSWORD, NEW_PASSWORD, WRONG, SECRET, base64, 'argon2', 'eyJ']) {
    expect(all.includes(secret), `a secret of ${secret.length} characters is in the log`).toBe(false)
  }
  expect(all).toContain('broken')
})
