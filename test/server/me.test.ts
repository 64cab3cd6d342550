import request from 'supertest'
import { describe, expect, it, vi } from 'vitest'
import { HOUR, MINUTE, T0 } from '../support/records.ts'
import { FIREFOX } from '../support/user-agents.ts'
import { bearer, eventsOf, logIn, PASSWORD, startPopulatedBench, WRONG } from './support.ts'

const NEW_PASSWORD = 'a new password'

describe('routes for everybody who is logged in', () => {
  const ROUTES = [
    ['get', '/me'],
    ['get', '/verify'],
    ['put', '/me/password'],
    ['get', '/me/sessions'],
    ['delete', '/me/sessions'],
    ['delete', '/me/sessions/AAAAAAAAAAAAAAAAAAAAAA'],
    ['post', '/logout'],
  ] as const

  it.each(ROUTES)('%s %s needs a token', async (method, path) => {
    const { app } = await startPopulatedBench()
    const answer = await request(app)[method](path)
    expect(answer.status).toBe(401)
    expect(answer.body.code).toBe('token_missing')
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="sliding-jwt"')
    expect(answer.type).toBe('application/problem+json')
  })

  it.each(ROUTES)('%s %s refuses the token of a disabled user at once', async (method, path) => {
    const { app, users, ada } = await startPopulatedBench()
    await users.update(ada.id, { disabled: true })
    const answer = await request(app)[method](path).set(ada.headers)
    expect(answer.status).toBe(401)
    expect(answer.body.code).toBe('session_revoked')
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="sliding-jwt", error="invalid_token"')
  })
})

describe('GET /me', () => {
  it('tells user and session', async () => {
    const { app, ada } = await startPopulatedBench()
    const { status, body } = await request(app).get('/me').set(ada.headers)
    expect(status).toBe(200)
    expect(Object.keys(body.user)).toEqual(['id', 'username', 'role', 'disabled', 'createdAt', 'updatedAt'])
    expect(body.user).toMatchObject({ id: ada.id, username: 'ada', role: 'user', disabled: false })
    expect(body.session).toMatchObject({ jti: ada.jti, current: true, valid: true, renewals: 0 })
  })

  it('renews an expired token and tells the renewed session', async () => {
    const { app, clock, ada } = await startPopulatedBench()
    clock.now = T0 + HOUR
    const { body, headers } = await request(app).get('/me').set(ada.headers).expect(200)
    expect(headers['x-jwt']).toBeTypeOf('string')
    expect(body.session).toMatchObject({ renewals: 1, updatedAt: new Date(T0 + HOUR).toISOString() })
    await request(app)
      .get('/me')
      .set(bearer(headers['x-jwt'] as string))
      .expect(200)
  })
})

describe('GET /verify', () => {
  it('tells a proxy who it is, in headers', async () => {
    const { app, root } = await startPopulatedBench()
    const { status, text, headers } = await request(app).get('/verify').set(root.headers)
    expect([status, text]).toEqual([204, ''])
    expect(headers).toMatchObject({ 'x-user': root.id, 'x-role': 'admin', 'x-session': root.jti })
    expect(headers).not.toHaveProperty('x-jwt')
  })

  it('hands on a renewed token', async () => {
    const { app, clock, ada } = await startPopulatedBench()
    clock.now = T0 + HOUR
    const { status, headers } = await request(app).get('/verify').set(ada.headers)
    expect(status).toBe(204)
    expect(headers).toMatchObject({ 'x-user': ada.id, 'x-role': 'user', 'cache-control': 'no-store' })
    await request(app)
      .get('/verify')
      .set(bearer(headers['x-jwt'] as string))
      .expect(204)
  })

  it('tells the role as it is at a renewal', async () => {
    const { app, clock, users, ada } = await startPopulatedBench()
    await users.update(ada.id, { role: 'admin' })
    const before = await request(app).get('/verify').set(ada.headers)
    expect(before.headers['x-role']).toBe('user')
    clock.now = T0 + HOUR
    const renewed = await request(app).get('/verify').set(ada.headers)
    expect(renewed.headers['x-role']).toBe('admin')
  })

  it('refuses another browser at the renewal, and says nothing of the user', async () => {
    const bench = await startPopulatedBench()
    const { app, clock, ada } = bench
    clock.now = T0 + HOUR
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const answer = await request(app)
        .get('/verify')
        .set({ ...ada.headers, 'User-Agent': FIREFOX })
      expect([answer.status, answer.body.code]).toEqual([401, 'fingerprint_mismatch'])
      expect(answer.headers).not.toHaveProperty('x-user')
    }
    expect(await eventsOf(bench, 'session.refused')).toMatchObject([
      {
        userId: ada.id,
        actorId: null,
        jti: ada.jti,
        ip: '127.0.0.1',
        detail: { code: 'fingerprint_mismatch' },
      },
    ])
  })

  it('finds a stolen copy out, and records it', async () => {
    const bench = await startPopulatedBench()
    const { app, clock, ada } = bench
    clock.now = T0 + HOUR
    const renewed = await request(app).get('/verify').set(ada.headers).expect(204)
    const { headers } = { headers: bearer(renewed.headers['x-jwt'] as string) }
    await request(app).get('/verify').set(headers).expect(204)
    clock.now += 2 * MINUTE
    const thief = await request(app).get('/verify').set(ada.headers)
    expect(thief.body.code).toBe('token_reused')
    const owner = await request(app).get('/verify').set(headers)
    expect(owner.body.code).toBe('session_revoked')
    expect(await eventsOf(bench, 'session.reused')).toMatchObject([
      { at: clock.now, userId: ada.id, actorId: null, jti: ada.jti, detail: { gen: 0 } },
    ])
    expect(await eventsOf(bench, 'session.revoked')).toMatchObject([
      { detail: { reason: 'reuse', count: 1 } },
    ])
  })
})

describe('PUT /me/password', () => {
  const change = (app: Parameters<typeof request>[0], headers: object, body: object) =>
    request(app)
      .put('/me/password')
      .set(headers as Record<string, string>)
      .send(body)

  it('changes the password and ends every other session', async () => {
    const bench = await startPopulatedBench()
    const { app, ada, root } = bench
    const other = await logIn(bench, 'ada')
    const answer = await change(app, ada.headers, { currentPassword: PASSWORD, newPassword: NEW_PASSWORD })
    expect([answer.status, answer.text]).toEqual([204, ''])

    await request(app).get('/me').set(ada.headers).expect(200)
    await request(app).get('/me').set(root.headers).expect(200)
    const refused = await request(app).get('/me').set(other.headers)
    expect(refused.body.code).toBe('session_revoked')
    expect((await bench.sessions.find(other.jti))?.revokedReason).toBe('password_changed')

    const logInWith = (password: string) => request(app).post('/login').send({ username: 'ada', password })
    expect((await logInWith(PASSWORD)).body.code).toBe('credentials_invalid')
    await logInWith(NEW_PASSWORD).expect(200)
    expect(await eventsOf(bench, 'password.changed')).toMatchObject([
      { userId: ada.id, actorId: ada.id, detail: {} },
    ])
  })

  it('still sends the token of a renewal', async () => {
    const { app, clock, ada } = await startPopulatedBench()
    clock.now = T0 + HOUR
    const body = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }
    const { headers } = await change(app, ada.headers, body).expect(204)
    await request(app)
      .get('/me')
      .set(bearer(headers['x-jwt'] as string))
      .expect(200)
  })

  it('refuses a wrong current password and changes nothing', async () => {
    const bench = await startPopulatedBench()
    const other = await logIn(bench, 'ada')
    const body = { currentPassword: WRONG, newPassword: NEW_PASSWORD }
    const answer = await change(bench.app, bench.ada.headers, body)
    expect([answer.status, answer.body.code]).toEqual([401, 'credentials_invalid'])
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="sliding-jwt", error="invalid_token"')
    await request(bench.app).get('/me').set(other.headers).expect(200)
    await logIn(bench, 'ada')
    expect(await eventsOf(bench, 'login.failed')).toMatchObject([
      { userId: bench.ada.id, actorId: bench.ada.id, detail: { route: 'PUT /me/password' } },
    ])
  })

  it.each([
    ['at once', 1, PASSWORD],
    ['after the password is written', 2, NEW_PASSWORD],
  ])('leaves no other session where the database fails %s', async (_what, failing, password) => {
    const bench = await startPopulatedBench()
    const { sessions: store } = bench.database
    const other = await logIn(bench, 'ada')
    const { revoke } = store
    let calls = 0
    vi.spyOn(store, 'revoke').mockImplementation(async (...args) => {
      calls += 1
      if (calls === failing) throw new Error('disk full')
      return revoke.apply(store, args)
    })
    const body = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }
    const answer = await change(bench.app, bench.ada.headers, body)
    expect([answer.status, answer.body.code]).toEqual([503, 'unavailable'])
    await request(bench.app).post('/login').send({ username: 'ada', password }).expect(200)
    // As long as the old password holds, whoever knows it may as well be logged in.
    const isOver = password === NEW_PASSWORD
    await request(bench.app)
      .get('/me')
      .set(other.headers)
      .expect(isOver ? 401 : 200)
  })

  it.each([
    [
      'a short password',
      { currentPassword: PASSWORD, newPassword: '1234567' },
      'newPassword: takes 8 to 1024 characters',
    ],
    [
      'the user name',
      { currentPassword: PASSWORD, newPassword: 'ADA-LOVELACE' },
      'newPassword: must not be the user name',
    ],
    ['no current password', { newPassword: NEW_PASSWORD }, 'currentPassword: is required'],
    [
      'a field too many',
      { currentPassword: PASSWORD, newPassword: NEW_PASSWORD, id: 1 },
      'body: takes no "id"',
    ],
    ['a list', [PASSWORD], 'body: is no object'],
  ])('refuses %s', async (_what, body, detail) => {
    const bench = await startPopulatedBench()
    await bench.users.create({ username: 'ada-lovelace', password: PASSWORD })
    const { headers } = await logIn(bench, 'ada-lovelace')
    const answer = await change(bench.app, headers, body)
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ code: 'body_invalid', detail })
  })
})

describe('the device list and logout', () => {
  it("lists one's own sessions only", async () => {
    const bench = await startPopulatedBench()
    const other = await logIn(bench, 'ada')
    const { body } = await request(bench.app).get('/me/sessions').set(bench.ada.headers).expect(200)
    const current = Object.fromEntries(
      body.sessions.map((session: { jti: string; current: boolean }) => [session.jti, session.current]),
    )
    expect(current).toEqual({ [bench.ada.jti]: true, [other.jti]: false })
  })

  it('ends one session, and hides those of others', async () => {
    const bench = await startPopulatedBench()
    const other = await logIn(bench, 'ada')
    await request(bench.app).delete(`/me/sessions/${other.jti}`).set(bench.ada.headers).expect(204)
    expect((await request(bench.app).get('/me').set(other.headers)).body.code).toBe('session_revoked')
    for (const jti of [bench.root.jti, 'AAAAAAAAAAAAAAAAAAAAAA', '%E0%A4%A']) {
      const answer = await request(bench.app).delete(`/me/sessions/${jti}`).set(bench.ada.headers)
      expect([answer.status, answer.body.code]).toEqual([404, 'not_found'])
    }
    await request(bench.app).get('/me').set(bench.root.headers).expect(200)
    expect(await eventsOf(bench, 'session.revoked')).toMatchObject([
      { actorId: bench.ada.id, userId: bench.ada.id, jti: other.jti, detail: { reason: 'revoked' } },
    ])
  })

  it.each([
    ['all sessions but the current one', '/me/sessions?except=current', 1, 200],
    ['all sessions', '/me/sessions', 2, 401],
  ])('ends %s', async (_what, path, revoked, afterwards) => {
    const bench = await startPopulatedBench()
    const other = await logIn(bench, 'ada')
    const { body } = await request(bench.app).delete(path).set(bench.ada.headers).expect(200)
    expect(body).toEqual({ revoked })
    await request(bench.app).get('/me').set(other.headers).expect(401)
    await request(bench.app).get('/me').set(bench.ada.headers).expect(afterwards)
  })

  it('logs out, without a token even where this request renewed', async () => {
    const bench = await startPopulatedBench()
    bench.clock.now = T0 + HOUR
    const answer = await request(bench.app).post('/logout').set(bench.ada.headers)
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(answer.headers).not.toHaveProperty('x-jwt')
    const after = await request(bench.app).get('/me').set(bench.ada.headers)
    expect(after.body.code).toBe('session_revoked')
    expect(await eventsOf(bench, 'session.revoked')).toMatchObject([
      { actorId: bench.ada.id, detail: { reason: 'logout', count: 1 } },
    ])
  })
})
