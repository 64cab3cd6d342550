import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE, T0 } from '../support/records.ts'
import { addUser, asRoot, eventsOf, logIn, PASSWORD, startPopulatedBench } from './support.ts'

describe('PATCH /admin/users/:id', () => {
  it('disables a user, whose sessions end at once and who cannot log in', async () => {
    const bench = await startPopulatedBench()
    const second = await logIn(bench, 'ada')
    bench.clock.now += MINUTE
    const { status, body } = await asRoot(bench, 'patch', `/admin/users/${bench.ada.id}`, { disabled: true })
    expect(status).toBe(200)
    expect(body.user).toMatchObject({ disabled: true, updatedAt: new Date(T0 + MINUTE).toISOString() })
    for (const { headers } of [bench.ada, second]) {
      expect((await request(bench.app).get('/me').set(headers)).body.code).toBe('session_revoked')
    }
    const login = await request(bench.app).post('/login').send({ username: 'ada', password: PASSWORD })
    expect(login.body.code).toBe('credentials_invalid')
    const reasons = (await bench.sessions.list(bench.ada.id)).map(({ revokedReason }) => revokedReason)
    expect(reasons).toEqual(['user_disabled', 'user_disabled'])
    expect(await eventsOf(bench, 'user.updated')).toMatchObject([
      {
        userId: bench.ada.id,
        actorId: bench.root.id,
        detail: { fields: ['disabled'], disabled: { from: false, to: true } },
      },
    ])
    expect(await eventsOf(bench, 'session.revoked')).toMatchObject([
      {
        userId: bench.ada.id,
        actorId: bench.root.id,
        jti: null,
        detail: { reason: 'user_disabled', count: 2 },
      },
    ])
  })

  it('ends sessions that were left over, where the user is disabled already', async () => {
    const bench = await startPopulatedBench()
    await bench.database.users.update(bench.ada.id, { disabled: true }, T0)
    await asRoot(bench, 'patch', `/admin/users/${bench.ada.id}`, { disabled: true })
    expect((await request(bench.app).get('/me').set(bench.ada.headers)).body.code).toBe('session_revoked')
  })

  it('enables a user again', async () => {
    const bench = await startPopulatedBench()
    await asRoot(bench, 'patch', `/admin/users/${bench.ada.id}`, { disabled: true })
    await asRoot(bench, 'patch', `/admin/users/${bench.ada.id}`, { disabled: false })
    await logIn(bench, 'ada')
  })

  it('sets a password, and all sessions end', async () => {
    const bench = await startPopulatedBench()
    const password = 'set by the admin'
    await asRoot(bench, 'patch', `/admin/users/${bench.ada.id}`, { password })
    expect((await request(bench.app).get('/me').set(bench.ada.headers)).body.code).toBe('session_revoked')
    await request(bench.app).post('/login').send({ username: 'ada', password: PASSWORD }).expect(401)
    await request(bench.app).post('/login').send({ username: 'ada', password }).expect(200)
    expect(await eventsOf(bench, 'password.changed')).toMatchObject([
      { userId: bench.ada.id, actorId: bench.root.id, detail: {} },
    ])
    expect(await eventsOf(bench, 'user.updated')).toEqual([])
  })

  it('sends no token to an admin whose own session it ended', async () => {
    const bench = await startPopulatedBench()
    bench.clock.now = T0 + HOUR
    const answer = await asRoot(bench, 'patch', `/admin/users/${bench.root.id}`, { password: 'another one' })
    expect(answer.status).toBe(200)
    expect(answer.headers).not.toHaveProperty('x-jwt')
  })

  it('changes a role: sessions live on, and the next renewal carries it', async () => {
    const bench = await startPopulatedBench()
    const { body } = await asRoot(bench, 'patch', `/admin/users/${bench.ada.id}`, { role: 'admin' })
    expect(body.user.role).toBe('admin')
    bench.clock.now = T0 + HOUR
    const renewed = await request(bench.app).get('/me').set(bench.ada.headers).expect(200)
    const [, payload = ''] = (renewed.headers['x-jwt'] as string).split('.')
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString()).role).toBe('admin')
    expect(await eventsOf(bench, 'user.updated')).toMatchObject([
      { detail: { fields: ['role'], role: { from: 'user', to: 'admin' } } },
    ])
  })

  it('changes nothing where all is as it was', async () => {
    const bench = await startPopulatedBench()
    bench.clock.now += MINUTE
    const { body } = await asRoot(bench, 'patch', `/admin/users/${bench.ada.id}`, {
      role: 'user',
      disabled: false,
    })
    expect(body.user.updatedAt).toBe(new Date(T0).toISOString())
    expect(await eventsOf(bench, 'user.updated')).toEqual([])
    await request(bench.app).get('/me').set(bench.ada.headers).expect(200)
  })

  it.each([{ disabled: true }, { role: 'user' }, { role: 'user', disabled: true, password: 'another one' }])(
    'keeps the last enabled admin from %j',
    async (change) => {
      const bench = await startPopulatedBench()
      await addUser(bench, 'retired', 'admin', { disabled: true })
      const answer = await asRoot(bench, 'patch', `/admin/users/${bench.root.id}`, change)
      expect([answer.status, answer.body.code]).toEqual([409, 'conflict'])
      expect(answer.body.detail).toBe('This is the last enabled admin.')
      await request(bench.app).get('/admin/users').set(bench.root.headers).expect(200)
      await logIn(bench, 'root')
      expect(await eventsOf(bench, 'user.updated')).toEqual([])
    },
  )

  it('lets one of two admins go, and then none', async () => {
    const bench = await startPopulatedBench()
    const boss = await addUser(bench, 'boss', 'admin')
    const answers = await Promise.all(
      [boss.id, bench.root.id].map((id) =>
        bench.users.update(id, { role: 'user' }).catch(({ code }) => code),
      ),
    )
    expect(answers).toContainEqual(expect.objectContaining({ role: 'user' }))
    expect(answers).toContain('conflict')
  })

  it('lets the last admin get a new password', async () => {
    const bench = await startPopulatedBench()
    const { status } = await asRoot(bench, 'patch', `/admin/users/${bench.root.id}`, {
      password: 'another one',
    })
    expect(status).toBe(200)
  })

  it.each<[string, object, string]>([
    ['nothing to change', {}, 'body: takes at least one of role, disabled, password'],
    ['a list', [], 'body: '],
    ['an unknown role', { role: 'owner' }, 'role: takes one of user, admin'],
    ['a word for disabled', { disabled: 'true' }, 'disabled: takes true or false'],
    ['null for disabled', { disabled: null }, 'disabled: '],
    ['a short password', { password: 'short' }, 'password: takes 8 to 1024 characters'],
    ['a name', { username: 'eve' }, 'body: takes no "username"'],
    ['a hash', { role: 'user', passwordHash: 'x' }, 'body: takes no "passwordHash"'],
  ])('refuses %s', async (_what, change, detail) => {
    const bench = await startPopulatedBench()
    const answer = await asRoot(bench, 'patch', `/admin/users/${bench.ada.id}`, change)
    expect([answer.status, answer.body.code]).toEqual([400, 'body_invalid'])
    expect(answer.body.detail.startsWith(detail)).toBe(true)
    expect((await bench.users.find(bench.ada.id))?.updatedAt).toEqual(new Date(T0))
  })
})
