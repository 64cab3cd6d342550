import * as argon2 from '@node-rs/argon2'
import request, { type Response } from 'supertest'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { SlidingSessionError } from '../../src/index.ts'
import { MINUTE, T0 } from '../support/records.ts'
import { CHROME } from '../support/user-agents.ts'
import { addUser, type Bench, bearer, eventsOf, logIn, PASSWORD, startBench, WRONG } from './support.ts'

vi.mock('@node-rs/argon2', async (importOriginal) => {
  const original = await importOriginal<typeof argon2>()
  return { ...original, verify: vi.fn(original.verify), hash: vi.fn(original.hash) }
})

const verify = vi.mocked(argon2.verify)
const hash = vi.mocked(argon2.hash)

beforeEach(() => {
  verify.mockClear()
  hash.mockClear()
})

function tryLogin({ app }: Bench, body: object, headers: Record<string, string> = {}) {
  return request(app)
    .post('/login')
    .set({ 'User-Agent': CHROME, ...headers })
    .send(body)
}

/** What a client can tell answers apart by, without what differs on every answer. */
function visible({ status, headers, text }: Response) {
  const { date: _, 'x-request-id': __, ...others } = headers
  return { status, headers: others, text }
}

describe('POST /login', () => {
  it('answers with user, session and token', async () => {
    const bench = await startBench()
    const ada = await addUser(bench, 'Ada')
    const { status, body, headers } = await tryLogin(bench, { username: 'Ada', password: PASSWORD })
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['user', 'session', 'token'])
    expect(body.user).toEqual({
      id: ada.id,
      username: 'Ada',
      role: 'user',
      disabled: false,
      createdAt: new Date(T0).toISOString(),
      updatedAt: new Date(T0).toISOString(),
    })
    expect(body.session).toMatchObject({ userId: ada.id, valid: true, createdAt: new Date(T0).toISOString() })
    expect(body.session.device.name).toBe('Chrome 140 on Linux')
    expect(headers['x-jwt']).toBe(body.token)
    expect(headers['cache-control']).toBe('no-store')
    await request(bench.app).get('/me').set(bearer(body.token)).expect(200)
  })

  it('takes the name in any case and the password in any encoding', async () => {
    const bench = await startBench()
    await bench.users.create({ username: 'Zo\u00EB', password: 'cr\u00E8me br\u00FBl\u00E9e' })
    const body = { username: 'ZOE\u0308', password: 'cre\u0300me bru\u0302le\u0301e' }
    await tryLogin(bench, body).expect(200)
  })

  it('answers alike, after one verification of the same cost, whatever is wrong', async () => {
    const bench = await startBench()
    const { passwordHash } = await addUser(bench, 'ada')
    await addUser(bench, 'gone', 'user', { disabled: true })
    await addUser(bench, 'broken', 'user', { passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$tooshort' })
    await addUser(bench, 'empty', 'user', { passwordHash: '' })
    const attempts = [
      { username: 'ada', password: WRONG },
      { username: 'nobody', password: PASSWORD },
      { username: 'nobody', password: WRONG },
      { username: 'gone', password: PASSWORD },
      { username: 'gone', password: WRONG },
      { username: 'broken', password: PASSWORD },
      { username: 'empty', password: PASSWORD },
      { username: 'x'.repeat(10_000), password: WRONG },
      { username: 'na\u0000me', password: 'x'.repeat(5_000) },
    ]
    const costs = argon2.parseOptions(passwordHash)
    const answers = []
    for (const attempt of attempts) {
      verify.mockClear()
      answers.push(visible(await tryLogin(bench, attempt)))
      expect(verify).toHaveBeenCalledTimes(1)
      expect(argon2.parseOptions(verify.mock.lastCall?.[0] as string)).toEqual(costs)
    }
    expect(answers[0]?.status).toBe(401)
    expect(JSON.parse(answers[0]?.text ?? '').code).toBe('credentials_invalid')
    expect(answers[0]?.headers['www-authenticate']).toBe('Bearer realm="sliding-jwt"')
    expect(answers[0]?.headers).not.toHaveProperty('x-jwt')
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })

  it.each([
    ['no token', undefined, 'Bearer realm="sliding-jwt"'],
    ['another scheme', 'Basic YWRhOmFkYQ==', 'Bearer realm="sliding-jwt"'],
    ['a token', 'bearer abc', 'Bearer realm="sliding-jwt", error="invalid_token"'],
  ])('challenges a failed login with %s as RFC 6750 says', async (_what, authorization, challenge) => {
    const bench = await startBench()
    const headers: Record<string, string> =
      authorization === undefined ? {} : { Authorization: authorization }
    const answer = await tryLogin(bench, { username: 'nobody', password: WRONG }, headers)
    expect(answer.body.code).toBe('credentials_invalid')
    expect(answer.headers['www-authenticate']).toBe(challenge)
  })

  it('ends the session of the same user whose token it carries', async () => {
    const bench = await startBench()
    await addUser(bench, 'ada')
    const first = await logIn(bench, 'ada')
    const { body } = await tryLogin(bench, { username: 'ada', password: PASSWORD }, first.headers).expect(200)
    const refused = await request(bench.app).get('/me').set(first.headers)
    expect(refused.body.code).toBe('session_revoked')
    await request(bench.app).get('/me').set(bearer(body.token)).expect(200)
    const [event] = await eventsOf(bench, 'session.revoked')
    expect(event).toMatchObject({
      userId: 'id-of-ada',
      actorId: 'id-of-ada',
      jti: first.jti,
      ip: '127.0.0.1',
      detail: { reason: 'replaced', count: 1 },
    })
  })

  it('hashes a password anew where it was hashed with less', async () => {
    const bench = await startBench()
    const weak = await argon2.hash(PASSWORD, { memoryCost: 1_024, timeCost: 1, parallelism: 1 })
    const { id } = await addUser(bench, 'ada', 'user', { passwordHash: weak })
    bench.clock.now += MINUTE
    await logIn(bench, 'ada')
    const { passwordHash = '', updatedAt } = (await bench.database.users.find(id)) ?? {}
    expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(updatedAt).toBe(T0)
    hash.mockClear()
    await logIn(bench, 'ada')
    expect(hash).not.toHaveBeenCalled()
  })

  it.each([
    [
      'the password was changed',
      { passwordHash: '$argon2id$v=19$m=1024,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA' },
    ],
    ['the user was disabled', { disabled: true }],
  ])('leaves no session where %s while the old password was verified', async (_what, change) => {
    const bench = await startBench()
    const { id } = await addUser(bench, 'ada')
    verify.mockImplementationOnce(async () => {
      await bench.database.users.update(id, change, T0)
      return true
    })
    const answer = await tryLogin(bench, { username: 'ada', password: PASSWORD })
    expect(answer.body.code).toBe('credentials_invalid')
    expect(answer.headers).not.toHaveProperty('x-jwt')
    expect((await bench.sessions.list(id)).filter(({ valid }) => valid)).toEqual([])
  })

  it.each([
    [
      'the password was changed',
      { passwordHash: '$argon2id$v=19$m=1024,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA' },
    ],
    ['the user was disabled', { disabled: true }],
  ])('revokes the session where %s just before it was recorded', async (_what, change) => {
    const bench = await startBench()
    const { id } = await addUser(bench, 'ada')
    const { create } = bench.database.sessions
    vi.spyOn(bench.database.sessions, 'create').mockImplementationOnce(async (record) => {
      await bench.database.users.update(id, change, T0)
      await create.call(bench.database.sessions, record)
    })
    const answer = await tryLogin(bench, { username: 'ada', password: PASSWORD })
    expect(answer.body.code).toBe('credentials_invalid')
    expect(answer.headers).not.toHaveProperty('x-jwt')
    expect((await bench.sessions.list(id)).map(({ valid }) => valid)).toEqual([false])
  })

  it.each([
    ['the user cannot be read again', 'find'],
    ['the password cannot be hashed anew', 'replaceHash'],
  ] as const)('leaves no session and sends no token where %s', async (_what, method) => {
    const bench = await startBench()
    const passwordHash = await argon2.hash(PASSWORD, { memoryCost: 1_024, timeCost: 1, parallelism: 1 })
    const { id } = await addUser(bench, 'ada', 'user', { passwordHash })
    const { create } = bench.database.sessions
    vi.spyOn(bench.database.sessions, 'create').mockImplementationOnce(async (record) => {
      await create.call(bench.database.sessions, record)
      const { users } = bench.database
      const found = await users.find(id)
      const spy = vi.spyOn(users, method)
      // The first time, it is the host who is asked for claims.
      if (method === 'find') spy.mockResolvedValueOnce(found as never)
      spy.mockRejectedValueOnce(new SlidingSessionError('unavailable'))
    })
    const answer = await tryLogin(bench, { username: 'ada', password: PASSWORD })
    expect([answer.status, answer.body.code]).toEqual([503, 'unavailable'])
    expect(answer.headers).not.toHaveProperty('x-jwt')
    expect((await bench.sessions.list(id)).map(({ valid }) => valid)).toEqual([false])
  })

  it('sends no token even where the session cannot be ended any more', async () => {
    const bench = await startBench()
    const { id } = await addUser(bench, 'ada')
    const { create } = bench.database.sessions
    vi.spyOn(bench.database.sessions, 'revoke').mockRejectedValue(new Error('disk full'))
    vi.spyOn(bench.database.sessions, 'create').mockImplementationOnce(async (record) => {
      await bench.database.users.update(id, { disabled: true }, T0)
      await create.call(bench.database.sessions, record)
      const found = await bench.database.users.find(id)
      vi.spyOn(bench.database.users, 'find').mockResolvedValueOnce(found && { ...found, disabled: false })
    })
    const answer = await tryLogin(bench, { username: 'ada', password: PASSWORD })
    expect([answer.status, answer.body.code]).toEqual([503, 'unavailable'])
    expect(answer.headers).not.toHaveProperty('x-jwt')
  })

  it.each([
    ['no name', { password: 'x' }, 'username: '],
    ['an empty name', { username: '', password: 'x' }, 'username: must not be empty'],
    ['no password', { username: 'x' }, 'password: is required'],
    ['a number as a name', { username: 1, password: 'x' }, 'username: takes a text'],
    ['null as a password', { username: 'x', password: null }, 'password: takes a text'],
    ['a list as a password', { username: 'x', password: ['x'] }, 'password: takes one value only'],
    ['a field too many', { username: 'x', password: 'x', admin: true }, 'body: takes no "admin"'],
    ['a list', [], 'body: is no object'],
  ])('refuses %s without a verification', async (_what, body, detail) => {
    const answer = await tryLogin(await startBench(), body)
    expect(answer.status).toBe(400)
    expect(answer.body.code).toBe('body_invalid')
    expect(answer.body.detail).toMatch(new RegExp(`^${detail}`))
    expect(verify).not.toHaveBeenCalled()
  })

  it('records who logged in and who did not, and no name that nobody has: it may be a password', async () => {
    const bench = await startBench()
    await addUser(bench, 'ada')
    const { jti } = await logIn(bench, 'ada')
    await tryLogin(bench, { username: 'ADA', password: WRONG }).expect(401)
    await tryLogin(bench, { username: PASSWORD, password: 'ada' }).expect(401)
    const known = { userId: 'id-of-ada', ip: '127.0.0.1', at: T0 }
    expect(await eventsOf(bench, 'login.succeeded')).toMatchObject([{ ...known, actorId: 'id-of-ada', jti }])
    expect(await eventsOf(bench, 'login.failed')).toMatchObject([
      { userId: null, actorId: null, detail: { route: 'POST /login' } },
      { ...known, actorId: null, detail: { username: 'ada' } },
    ])
    expect(JSON.stringify(await bench.database.events.list({ limit: 9 }))).not.toContain(PASSWORD)
  })
})
