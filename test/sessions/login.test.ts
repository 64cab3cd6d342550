import express from 'express'
import { describe, expect, it } from 'vitest'
import { type TestApp, testApp, tokenOf } from '../support/app.ts'
import { temporaryDatabase } from '../support/files.ts'
import { decode, reforge } from '../support/forge.ts'
import { MINUTE, newJti, SECOND, T0 } from '../support/records.ts'
import { gate, hookStore } from '../support/stores.ts'
import { CHROME } from '../support/user-agents.ts'

async function codeOf(test: TestApp, token: string): Promise<unknown> {
  const { status, body } = await test.get('/whoami', token)
  return status === 200 ? 200 : body.code
}

/** Logs in once a second, so that one session is older than the other. */
async function loginTimes(test: TestApp, times: number): Promise<string[]> {
  const tokens: string[] = []
  for (let time = 0; time < times; time += 1) {
    tokens.push(await test.login())
    test.clock.advance(SECOND)
  }
  return tokens
}

describe('a login', () => {
  it('records the client and hands out generation 0', async () => {
    const test = await testApp()
    const response = await test.send('post', '/login/ada').expect(200)
    const token = tokenOf(response) ?? ''
    expect(decode(token)).toMatchObject({ sub: 'ada', gen: 0, role: 'user', auth_time: T0 / 1000 })
    expect(test.row(token)).toEqual({
      user_id: 'ada',
      user_key: expect.objectContaining({ length: 4 }),
      ip: '127.0.0.1',
      user_agent_id: 1,
      valid: 1,
      created_at: T0,
      updated_at: T0,
      last_ip: null,
      last_user_agent_id: null,
      revoked_at: null,
      revoked_reason: null,
      issued: 0,
      seen: 0,
      floor: 0,
      parent: null,
    })
    expect(response.body.session).toMatchObject({
      jti: decode(token)['jti'],
      userId: 'ada',
      device: { name: 'Chrome 140 on Linux' },
      ip: '127.0.0.1',
      userAgent: CHROME,
      valid: true,
      renewals: 0,
      createdAt: new Date(T0).toISOString(),
    })
  })

  it('makes a key of its own for each session', async () => {
    const test = await testApp()
    const keys = (await loginTimes(test, 20)).map((token) => decode(token)['jti'])
    expect(new Set(keys).size).toBe(20)
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9_-]{21}[AQgw]$/)
  })

  it('cuts a long user agent at 512 characters', async () => {
    const test = await testApp()
    await test.login('ada', { 'User-Agent': 'x'.repeat(2_000) })
    const [session] = await test.sessions.list('ada')
    expect(session?.userAgent).toBe('x'.repeat(512))
  })

  it('takes a client without a user agent', async () => {
    const test = await testApp()
    const token = await test.login('ada', { 'User-Agent': '' })
    test.clock.advance(16 * MINUTE)
    await test.get('/whoami', token).set('User-Agent', '').expect(200)
    const [session] = await test.sessions.list('ada')
    expect(session).toMatchObject({ userAgent: '', device: { name: 'unknown' } })
  })

  it.each([[''], [undefined], [null], [7], [{}]])('refuses the user id %j', async (userId) => {
    const test = await testApp({
      before(app, sessions) {
        app.post('/odd', async (req, res) => {
          await sessions.start(req, res, userId as string)
          res.end()
        })
      },
    })
    await test.send('post', '/odd').expect(500)
    expect(test.errors).toEqual([expect.any(TypeError)])
    expect(test.asked).toEqual([])
  })
})

describe('a login that carries a token', () => {
  it('ends that session where it is one of the same user', async () => {
    const test = await testApp()
    const [old, other] = [await test.login(), await test.login()]
    const token = await test.login('ada', { Authorization: `Bearer ${old}` })
    expect(await codeOf(test, old)).toBe('session_revoked')
    expect(test.row(old)).toMatchObject({ valid: 0, revoked_reason: 'replaced' })
    expect(await codeOf(test, other)).toBe(200)
    expect(await codeOf(test, token)).toBe(200)
  })

  it('ends it although the token has expired', async () => {
    const test = await testApp()
    const old = await test.login()
    test.clock.advance(16 * MINUTE)
    await test.login('ada', { Authorization: `Bearer ${old}` })
    expect(test.row(old)).toMatchObject({ valid: 0, revoked_reason: 'replaced' })
  })

  it.each([
    ['another user’s', (token: string) => token, 'bob'],
    ['a forged one', (token: string) => reforge(token, { secret: 'x'.repeat(32) }), 'ada'],
    ['one for another audience', (token: string) => reforge(token, { payload: { aud: 'x' } }), 'ada'],
    ['an unknown session’s', (token: string) => reforge(token, { payload: { jti: newJti() } }), 'ada'],
    ['none at all', () => 'abc', 'ada'],
  ])('ends nothing by %s, and succeeds', async (_, forgery, userId) => {
    const test = await testApp()
    const old = await test.login('ada')
    const token = await test.login(userId, { Authorization: `Bearer ${forgery(old)}` })
    expect(await codeOf(test, old)).toBe(200)
    expect(await codeOf(test, token)).toBe(200)
  })

  it('has the new session’s token go out, where the old one was renewed by the same request', async () => {
    const test = await testApp({
      routes(app, sessions) {
        app.post('/again', async (req, res) => {
          await sessions.start(req, res, 'ada')
          res.json(req.auth)
        })
      },
    })
    const old = await test.login()
    test.clock.advance(16 * MINUTE)
    const response = await test.send('post', '/again', old).expect(200)
    const token = tokenOf(response) ?? ''
    expect(response.body.renewed).toBe(true)
    expect(decode(token)).toMatchObject({ gen: 0 })
    expect(decode(token)['jti']).not.toBe(decode(old)['jti'])
    expect(test.row(old)).toMatchObject({ valid: 0, revoked_reason: 'replaced', issued: 1 })
  })
})

describe('a login after whose beginning the store fails', () => {
  it.each([
    ['to end the session before', 'revoke', { maxSessionsPerUser: 0 }],
    ['to list the sessions', 'list', { maxSessionsPerUser: 2 }],
  ] as const)('%s leaves no session that nobody holds', async (_what, broken, options) => {
    let isBroken = false
    const test = await testApp({
      options,
      wrap: (store) =>
        hookStore(store, (method) => {
          if (!isBroken || method !== broken) return
          isBroken = false
          throw new Error('disk full')
        }),
    })
    const old = await test.login()
    isBroken = true
    const response = await test.send('post', '/login/ada', old).expect(503)
    expect(tokenOf(response)).toBeUndefined()
    expect((await test.sessions.list('ada')).filter(({ valid }) => valid)).toHaveLength(
      broken === 'revoke' ? 1 : 0,
    )
    const began = test.events.filter(({ name }) => name === 'session.started')
    expect(test.events.at(-1)).toMatchObject({
      name: 'session.revoked',
      event: { jti: began.at(-1)?.event['jti'], reason: 'revoked' },
    })
  })
})

describe('maxSessionsPerUser', () => {
  it('revokes the oldest beyond it', async () => {
    const test = await testApp({ options: { maxSessionsPerUser: 2 } })
    const [first = '', second = '', third = ''] = await loginTimes(test, 3)
    expect(await codeOf(test, first)).toBe('session_revoked')
    expect(test.row(first)).toMatchObject({ revoked_reason: 'limit' })
    expect(await codeOf(test, second)).toBe(200)
    expect(await codeOf(test, third)).toBe(200)
  })

  it('goes by the login, not by the last renewal', async () => {
    const test = await testApp({ options: { maxSessionsPerUser: 2 } })
    const [first = '', second = ''] = await loginTimes(test, 2)
    test.clock.advance(16 * MINUTE)
    await test.get('/whoami', first).expect(200)
    await test.login()
    expect(test.row(first)).toMatchObject({ valid: 0 })
    expect(test.row(second)).toMatchObject({ valid: 1 })
  })

  it('counts each user alone, and no session that has ended', async () => {
    const test = await testApp({ options: { maxSessionsPerUser: 2, idleTimeout: '1h' } })
    const bobs = await test.login('bob')
    const [idle = ''] = await loginTimes(test, 1)
    test.clock.advance(61 * MINUTE)
    const [second = '', third = ''] = await loginTimes(test, 2)
    await test.sessions.revoke(String(decode(third)['jti']))
    await loginTimes(test, 1)
    expect(test.row(bobs)).toMatchObject({ valid: 1 })
    expect(test.row(idle)).toMatchObject({ valid: 1 })
    expect(test.row(second)).toMatchObject({ valid: 1 })
  })

  it('of 1 leaves the latest alone', async () => {
    const test = await testApp({ options: { maxSessionsPerUser: 1 } })
    const tokens = await loginTimes(test, 5)
    const codes = await Promise.all(tokens.map((token) => codeOf(test, token)))
    expect(codes).toEqual([...Array(4).fill('session_revoked'), 200])
  })

  it('is kept when it is lowered: the next login ends all that are too many', async () => {
    const path = temporaryDatabase()
    const before = await testApp({ path })
    const tokens = await loginTimes(before, 6)
    const after = await testApp({ path, clock: before.clock, options: { maxSessionsPerUser: 3 } })
    await after.login()
    const valid = tokens.map((token) => after.row(token)?.['valid'])
    expect(valid).toEqual([0, 0, 0, 0, 1, 1])
  })

  it('leaves the later of two logins that overlap', async () => {
    const bothRecorded = gate()
    let listing = 0
    const test = await testApp({
      options: { maxSessionsPerUser: 1 },
      wrap: (store) =>
        hookStore(store, (method) => {
          if (method !== 'list') return undefined
          listing += 1
          if (listing === 2) bothRecorded.open()
          return bothRecorded.wait()
        }),
    })
    const first = test.login()
    await bothRecorded.reached
    test.clock.advance(1)
    const [, token] = await Promise.all([first, test.login()])
    expect(await codeOf(test, token)).toBe(200)
    const valid = (await test.sessions.list('ada')).filter((session) => session.valid)
    expect(valid.map(({ jti }) => jti)).toEqual([decode(token)['jti']])
  })

  it('of two leaves both of two logins that overlap, and ends the older one', async () => {
    const test = await testApp({ options: { maxSessionsPerUser: 2 } })
    const [old = ''] = await loginTimes(test, 1)
    const tokens = await Promise.all([test.login(), test.login()])
    expect(await codeOf(test, old)).toBe('session_revoked')
    expect(await Promise.all(tokens.map((token) => codeOf(test, token)))).toEqual([200, 200])
  })

  it('never ends the session that has just begun, although the clock went back', async () => {
    const test = await testApp({ options: { maxSessionsPerUser: 1 } })
    await loginTimes(test, 1)
    test.clock.advance(-MINUTE)
    const token = await test.login()
    expect(await codeOf(test, token)).toBe(200)
  })
})

describe('start, called where the headers are out', () => {
  it('tells the host, as the token cannot go out', async () => {
    const app = express()
    const errors: unknown[] = []
    const test = await testApp({
      before(outer, sessions) {
        app.post('/late', async (req, res) => {
          res.write('begun ')
          await sessions.start(req, res, 'ada').catch((error) => errors.push(error))
          res.end('ended')
        })
        outer.use('/sub', app)
      },
    })
    const response = await test.send('post', '/sub/late').expect(200)
    expect(response.text).toBe('begun ended')
    expect(String(errors[0])).toMatch(/headers are already sent/)
    expect(await test.sessions.list('ada')).toEqual([])
  })
})
