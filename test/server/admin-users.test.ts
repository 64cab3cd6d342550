import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { T0 } from '../support/records.ts'
import { addUser, asRoot, eventsOf, logIn, PASSWORD, startPopulatedBench } from './support.ts'

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
    ['an id', { ...OTHERWISE_RIGHT, id: 'x' }, 'body: takes no "id"'],
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
