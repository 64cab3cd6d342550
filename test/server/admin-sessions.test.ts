import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { asRoot, eventsOf, logIn, startPopulatedBench } from './support.ts'

describe('sessions of a user', () => {
  it('are listed', async () => {
    const bench = await startPopulatedBench()
    await logIn(bench, 'ada')
    const { body } = await asRoot(bench, 'get', `/admin/users/${bench.ada.id}/sessions`)
    expect(body.sessions).toHaveLength(2)
    expect(body.sessions[0]).toMatchObject({ userId: bench.ada.id, valid: true, current: false })
  })

  it('end all at once', async () => {
    const bench = await startPopulatedBench()
    const second = await logIn(bench, 'ada')
    const path = `/admin/users/${bench.ada.id}/sessions`
    expect((await asRoot(bench, 'delete', path)).body).toEqual({ revoked: 2 })
    expect((await asRoot(bench, 'delete', path)).body).toEqual({ revoked: 0 })
    for (const { headers } of [bench.ada, second]) {
      expect((await request(bench.app).get('/me').set(headers)).body.code).toBe('session_revoked')
    }
    await request(bench.app).get('/me').set(bench.root.headers).expect(200)
    expect(await eventsOf(bench, 'session.revoked')).toMatchObject([
      { userId: bench.ada.id, actorId: bench.root.id, detail: { reason: 'admin', count: 2 } },
    ])
  })

  it('end one by one, as often as one asks', async () => {
    const bench = await startPopulatedBench()
    const second = await logIn(bench, 'ada')
    for (let time = 0; time < 2; time += 1) {
      expect((await asRoot(bench, 'delete', `/admin/sessions/${second.jti}`)).status).toBe(204)
    }
    expect((await request(bench.app).get('/me').set(second.headers)).body.code).toBe('session_revoked')
    await request(bench.app).get('/me').set(bench.ada.headers).expect(200)
    expect(await eventsOf(bench, 'session.revoked')).toHaveLength(1)
  })
})
