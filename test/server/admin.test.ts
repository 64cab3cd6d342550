import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE, T0 } from '../support/records.ts'
import { addUser, type Bench, bearer, eventsOf, logIn, PASSWORD, startPopulatedBench } from './support.ts'

type Method = 'get' | 'post' | 'patch' | 'delete'

/** Sends a request as the admin of the bench. */
async function asRoot(
  { app, root }: Pick<Bench, 'app'> & { root: { headers: object } },
  method: Method,
  path: string,
  body?: object,
) {
  const sent = request(app)
    [method](path)
    .set(root.headers as Record<string, string>)
  return body === undefined ? sent : sent.send(body)
}

describe('who may use /admin', () => {
  const ROUTES: readonly [Method, string][] = [
    ['get', '/admin/users'],
    ['post', '/admin/users'],
    ['get', '/admin/users/id-of-root'],
    ['patch', '/admin/users/id-of-root'],
    ['get', '/admin/users/id-of-root/sessions'],
    ['delete', '/admin/users/id-of-root/sessions'],
    ['delete', '/admin/sessions/AAAAAAAAAAAAAAAAAAAAAA'],
    ['get', '/admin/events'],
  ]

  it.each(ROUTES)('%s %s: nobody without a token', async (method, path) => {
    const { app } = await startPopulatedBench()
    const answer = await request(app)[method](path)
    expect([answer.status, answer.body.code]).toEqual([401, 'token_missing'])
  })

  it.each(ROUTES)('%s %s: no user without the role', async (method, path) => {
    const { app, ada } = await startPopulatedBench()
    const answer = await request(app)[method](path).set(ada.headers).send({ role: 'user' })
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden'])
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="sliding-jwt", error="insufficient_scope"')
  })

  it.each(ROUTES)('%s %s: no admin who was demoted a moment ago', async (method, path) => {
    const bench = await startPopulatedBench()
    await addUser(bench, 'boss', 'admin')
    await bench.users.update(bench.root.id, { role: 'user' })
    const answer = await asRoot(bench, method, path)
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden'])
    await request(bench.app).get('/me').set(bench.root.headers).expect(200)
  })

  it('a user who was promoted a moment ago', async () => {
    const { app, users, ada } = await startPopulatedBench()
    await users.update(ada.id, { role: 'admin' })
    await request(app).get('/admin/users').set(ada.headers).expect(200)
  })
})

describe('POST /admin/users', () => {
  it('adds a user who can log in', async () => {
    const bench = await startPopulatedBench()
    const body = { username: 'Grace', password: PASSWORD }
    const { status, headers, body: answer } = await asRoot(bench, 'post', '/admin/users', body)
    expect(status).toBe(201)
    expect(answer.user).toMatchObject({ username: 'Grace', role: 'user', disabled: false })
    expect(JSON.stringify(answer)).not.toContain('argon2')
    expect(headers['location']).toBe(`/admin/users/${answer.user.id}`)
    await logIn(bench, 'grace')
    expect(await eventsOf(bench, 'user.created')).toMatchObject([
      { userId: answer.user.id, actorId: bench.root.id, detail: { username: 'Grace', role: 'user' } },
    ])
  })

  it('adds an admin', async () => {
    const bench = await startPopulatedBench()
    const body = { username: 'boss', password: PASSWORD, role: 'admin' }
    expect((await asRoot(bench, 'post', '/admin/users', body)).body.user.role).toBe('admin')
    const { headers } = await logIn(bench, 'boss')
    await request(bench.app).get('/admin/users').set(headers).expect(200)
  })

  it.each(['ada', 'ADA'])('refuses the name %s, which is taken', async (username) => {
    const bench = await startPopulatedBench()
    const answer = await asRoot(bench, 'post', '/admin/users', { username, password: PASSWORD })
    expect([answer.status, answer.body.code]).toEqual([409, 'conflict'])
    expect(answer.body.detail).toBe('username: is taken')
  })

  it('adds a name once, however many ask for it at once', async () => {
    const bench = await startPopulatedBench()
    const names = ['grace', 'Grace', 'GRACE', 'gracE']
    const answers = await Promise.all(
      names.map((username) => asRoot(bench, 'post', '/admin/users', { username, password: PASSWORD })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409])
  })

  const OTHERWISE_RIGHT = { username: 'grace', password: PASSWORD }
  it.each<[string, object, string]>([
    ['no name', { password: PASSWORD }, 'username: '],
    ['an empty name', { ...OTHERWISE_RIGHT, username: '' }, 'username: '],
    ['a long name', { ...OTHERWISE_RIGHT, username: 'x'.repeat(65) }, 'username: '],
    ['a name with a control character', { ...OTHERWISE_RIGHT, username: 'gr\u0000ace' }, 'username: '],
    ['no password', { username: 'grace' }, 'password: '],
    ['a short password', { ...OTHERWISE_RIGHT, password: '1234567' }, 'password: '],
    ['a long password', { ...OTHERWISE_RIGHT, password: 'x'.repeat(1_025) }, 'password: '],
    ['the name as a password', { username: 'grace hopper', password: 'Grace Hopper' }, 'password: '],
    ['an unknown role', { ...OTHERWISE_RIGHT, role: 'root' }, 'role: '],
    ['null as a role', { ...OTHERWISE_RIGHT, role: null }, 'role: '],
    ['an id', { ...OTHERWISE_RIGHT, id: 'x' }, 'body: Unrecognized key: "id"'],
    ['a list', [OTHERWISE_RIGHT], 'body: '],
  ])('refuses %s', async (_what, body, detail) => {
    const bench = await startPopulatedBench()
    const answer = await asRoot(bench, 'post', '/admin/users', body)
    expect([answer.status, answer.body.code]).toEqual([400, 'body_invalid'])
    expect(answer.body.detail.startsWith(detail)).toBe(true)
    expect((await bench.users.list({ limit: 10 })).users).toHaveLength(2)
  })
})

describe('GET /admin/users', () => {
  async function startWithUsers(names: readonly string[]) {
    const bench = await startPopulatedBench()
    for (const name of names) await addUser(bench, name)
    return bench
  }

  const namesIn = (body: { users: { username: string }[] }) => body.users.map(({ username }) => username)

  it('lists by name, page by page, even while users are added', async () => {
    const bench = await startWithUsers(['Bob', 'carol', 'Zoë', 'dave'])
    const pages: string[][] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `/admin/users?limit=2${cursor && `&cursor=${cursor}`}`
      const { body } = await asRoot(bench, 'get', path)
      pages.push(namesIn(body))
      cursor = body.nextCursor
      if (pages.length === 1) await addUser(bench, 'aaron')
    }
    expect(pages).toEqual([
      ['ada', 'Bob'],
      ['carol', 'dave'],
      ['root', 'Zoë'],
    ])
  })

  it('ends with a full page', async () => {
    const bench = await startPopulatedBench()
    const { body } = await asRoot(bench, 'get', '/admin/users?limit=2')
    expect(namesIn(body)).toEqual(['ada', 'root'])
    expect(body.nextCursor).toBeNull()
    expect(JSON.stringify(body)).not.toMatch(/argon2|passwordHash|usernameKey/)
  })

  it.each([
    ['part of a name', 'ar', ['carol', 'Mark']],
    ['another case', 'MARK', ['Mark']],
    ['an accent in two pieces', 'zoe\u0308', ['Zoë']],
    ['characters that are patterns elsewhere', '%', ['100%']],
    ['one that is no pattern', '_', []],
    ['nothing', '', ['100%', 'ada', 'carol', 'Mark', 'root', 'Zoë']],
    ['what nobody is called', "' OR 1=1", []],
  ])('searches for %s', async (_what, search, found) => {
    const bench = await startWithUsers(['carol', 'Mark', 'Zoë', '100%'])
    const { body } = await asRoot(bench, 'get', `/admin/users?search=${encodeURIComponent(search)}`)
    expect(namesIn(body)).toEqual(found)
  })

  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=1e1', 'limit'],
    ['limit=', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['cursor=x', 'cursor'],
    ['cursor=', 'cursor'],
    ['cursor=ZXZlbnQ6MQ', 'cursor'],
    [`search=${'x'.repeat(65)}`, 'search'],
    ['serach=x', 'query'],
  ])('refuses ?%s', async (query, place) => {
    const answer = await asRoot(await startPopulatedBench(), 'get', `/admin/users?${query}`)
    expect([answer.status, answer.body.code]).toEqual([400, 'body_invalid'])
    expect(answer.body.detail.startsWith(`${place}: `)).toBe(true)
  })
})

describe('GET /admin/users/:id', () => {
  it('tells of a user', async () => {
    const bench = await startPopulatedBench()
    const { status, body } = await asRoot(bench, 'get', `/admin/users/${bench.ada.id}`)
    expect(status).toBe(200)
    expect(body).toEqual({
      user: {
        id: bench.ada.id,
        username: 'ada',
        role: 'user',
        disabled: false,
        createdAt: new Date(T0).toISOString(),
        updatedAt: new Date(T0).toISOString(),
      },
    })
  })
})

describe('an id that nobody has', () => {
  it.each<[Method, string, object?]>([
    ['get', '/admin/users/nobody'],
    ['get', '/admin/users/%E0%A4%A'],
    ['get', '/admin/users/%00'],
    ['patch', '/admin/users/nobody', { role: 'user' }],
    ['patch', '/admin/users/nobody', { password: PASSWORD }],
    ['get', '/admin/users/nobody/sessions'],
    ['delete', '/admin/users/nobody/sessions'],
    ['delete', '/admin/sessions/nobody'],
    ['delete', '/admin/sessions/AAAAAAAAAAAAAAAAAAAAAA'],
    ['get', '/admin/nothing'],
  ])('%s %s is 404', async (method, path, body) => {
    const answer = await asRoot(await startPopulatedBench(), method, path, body)
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found'])
  })
})

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
    expect(answers).toEqual([expect.objectContaining({ role: 'user' }), 'conflict'])
  })

  it('lets the last admin get a new password', async () => {
    const bench = await startPopulatedBench()
    const { status } = await asRoot(bench, 'patch', `/admin/users/${bench.root.id}`, {
      password: 'another one',
    })
    expect(status).toBe(200)
  })

  it.each<[string, object, string]>([
    ['nothing to change', {}, 'body: '],
    ['a list', [], 'body: '],
    ['an unknown role', { role: 'owner' }, 'role: '],
    ['a word for disabled', { disabled: 'true' }, 'disabled: '],
    ['null for disabled', { disabled: null }, 'disabled: '],
    ['a short password', { password: 'short' }, 'password: takes 8 to 1024 characters'],
    ['a name', { username: 'eve' }, 'body: Unrecognized key: "username"'],
    ['a hash', { role: 'user', passwordHash: 'x' }, 'body: Unrecognized key: "passwordHash"'],
  ])('refuses %s', async (_what, change, detail) => {
    const bench = await startPopulatedBench()
    const answer = await asRoot(bench, 'patch', `/admin/users/${bench.ada.id}`, change)
    expect([answer.status, answer.body.code]).toEqual([400, 'body_invalid'])
    expect(answer.body.detail.startsWith(detail)).toBe(true)
    expect((await bench.users.find(bench.ada.id))?.updatedAt).toEqual(new Date(T0))
  })
})

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

describe('GET /admin/events', () => {
  it('tells the latest first, page by page, of the same moment too', async () => {
    const bench = await startPopulatedBench()
    for (let index = 1; index <= 5; index += 1) {
      bench.audit.record({ type: 'login.failed', userId: bench.ada.id, detail: { index } })
    }
    await bench.audit.settled()
    const pages: number[][] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `/admin/events?type=login.failed&limit=2${cursor && `&cursor=${cursor}`}`
      const { body } = await asRoot(bench, 'get', path)
      pages.push(body.events.map(({ detail }: { detail: { index: number } }) => detail.index))
      cursor = body.nextCursor
      if (pages.length === 1) bench.audit.record({ type: 'login.failed', detail: { index: 6 } })
    }
    expect(pages).toEqual([[5, 4], [3, 2], [1]])
  })

  it('tells what is recorded, and nothing else', async () => {
    const bench = await startPopulatedBench()
    const { body } = await asRoot(bench, 'get', `/admin/events?user=${bench.ada.id}`)
    expect(body).toEqual({
      events: [
        {
          id: expect.any(Number),
          at: new Date(T0).toISOString(),
          type: 'login.succeeded',
          userId: bench.ada.id,
          actorId: bench.ada.id,
          jti: bench.ada.jti,
          ip: '127.0.0.1',
          detail: { userAgent: bench.ada.headers['User-Agent'] },
        },
      ],
      nextCursor: null,
    })
  })

  it('filters by user and type together', async () => {
    const bench = await startPopulatedBench()
    await asRoot(bench, 'patch', `/admin/users/${bench.ada.id}`, { disabled: true })
    const typesOf = async (query: string) => {
      const { body } = await asRoot(bench, 'get', `/admin/events?${query}`)
      return body.events.map(({ type, userId }: { type: string; userId: string }) => [type, userId])
    }
    const { ada, root } = bench
    expect(await typesOf(`user=${ada.id}&type=user.updated`)).toEqual([['user.updated', ada.id]])
    expect(await typesOf('type=login.succeeded')).toEqual([
      ['login.succeeded', ada.id],
      ['login.succeeded', root.id],
    ])
    expect(await typesOf('user=nobody')).toEqual([])
  })

  it.each([
    'type=login',
    'limit=0',
    'cursor=x',
    'cursor=dXNlcjpBREE',
    'cursor=ZXZlbnQ6eA',
    'user=1&user=2',
    'since=1',
  ])('refuses ?%s', async (query) => {
    const answer = await asRoot(await startPopulatedBench(), 'get', `/admin/events?${query}`)
    expect([answer.status, answer.body.code]).toEqual([400, 'body_invalid'])
  })

  it('holds neither token nor password after everything that can happen', async () => {
    const bench = await startPopulatedBench()
    const { app, ada, root } = bench
    const secrets = ['another secret one', 'yet another one']
    await request(app)
      .put('/me/password')
      .set(ada.headers)
      .send({ currentPassword: PASSWORD, newPassword: secrets[0] })
    await request(app).post('/login').send({ username: 'ada', password: PASSWORD })
    await asRoot(bench, 'patch', `/admin/users/${ada.id}`, { password: secrets[1] })
    await asRoot(bench, 'post', '/admin/users', { username: 'eve', password: secrets[1] })
    await request(app).post('/logout').set(root.headers)
    await bench.audit.settled()
    const all = JSON.stringify(await bench.database.events.list({ limit: 200 }))
    for (const secret of [...secrets, PASSWORD, ada.token, root.token, 'argon2'])
      expect(all).not.toContain(secret)
    expect(bearer(ada.token).Authorization).toContain('eyJ')
    expect(all).not.toContain('eyJ')
  })
})
