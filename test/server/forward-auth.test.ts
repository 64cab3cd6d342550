import request from 'supertest'
import { describe, expect, it, vi } from 'vitest'
import { ERRORS } from '../../src/index.ts'
import { HOUR, T0 } from '../support/records.ts'
import { startPopulatedBench } from './support.ts'

const ASKED = { 'X-Forwarded-Method': 'DELETE', 'X-Forwarded-Uri': '/orders/5?token=secret' }

describe('GET /verify says a refusal in X-Problem too', () => {
  it('the very document of the body', async () => {
    const { app, sessions, ada } = await startPopulatedBench()
    await sessions.revoke(ada.jti)
    const answer = await request(app).get('/verify').set(ada.headers)
    expect([answer.status, answer.body.code]).toEqual([401, 'session_revoked'])
    expect(JSON.parse(answer.headers['x-problem'] as string)).toEqual(answer.body)
  })

  it('also where the database fails', async () => {
    const { app, database, clock, ada } = await startPopulatedBench()
    clock.now = T0 + HOUR
    await database.close()
    const answer = await request(app).get('/verify').set(ada.headers)
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.headers['x-problem'] as string)).toMatchObject({ code: 'unavailable' })
  })

  it('in ASCII, whatever a title is', async () => {
    const { app } = await startPopulatedBench()
    const title = vi
      .spyOn(ERRORS.token_missing as { title: string }, 'title', 'get')
      .mockReturnValue('There’s none, ă')
    const answer = await request(app).get('/verify')
    title.mockRestore()
    expect(answer.body.title).toBe('There’s none, ă')
    expect(answer.headers['x-problem']).toContain('There\\u2019s none, \\u0103')
    expect(JSON.parse(answer.headers['x-problem'] as string)).toEqual(answer.body)
  })

  it('and nowhere else, nor where it lets pass', async () => {
    const { app, ada } = await startPopulatedBench()
    expect((await request(app).get('/verify').set(ada.headers)).headers).not.toHaveProperty('x-problem')
    expect((await request(app).get('/me')).headers).not.toHaveProperty('x-problem')
  })
})

describe('the request that a proxy asks about', () => {
  it.each([
    ['a trusted proxy', 'loopback', ASKED, { method: 'DELETE', path: '/orders/5' }],
    ['nobody is trusted', false, ASKED, undefined],
    ['another proxy is trusted', '192.0.2.1', ASKED, undefined],
    ['no method', 'loopback', { 'X-Forwarded-Uri': '/orders' }, undefined],
    [
      'a token in the path',
      'loopback',
      { ...ASKED, 'X-Forwarded-Uri': '/t/eyJhbGciOiJI.eyJzdWIi.c2ln' },
      { method: 'DELETE', path: '/t/[redacted]' },
    ],
  ])('is in the log: %s', async (_what, trustProxy, headers, expected) => {
    const { app, ada, log } = await startPopulatedBench({ trustProxy })
    log.length = 0
    await request(app)
      .get('/verify')
      .set({ ...ada.headers, ...headers })
      .expect(204)
    await vi.waitFor(() => expect(log.length).toBe(1))
    const { req } = JSON.parse(log[0] ?? '')
    expect([req.method, req.path, req.proxied]).toEqual(['GET', '/verify', expected])
  })
})
