import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/index.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { type TestApp, testApp, tokenOf } from '../support/app.ts'
import { temporaryDatabase } from '../support/files.ts'
import { decode } from '../support/forge.ts'
import { DAY, HOUR, MINUTE, newJti } from '../support/records.ts'
import { FIREFOX } from '../support/user-agents.ts'

function keyOf(token: string): string {
  return String(decode(token)['jti'])
}

async function codesOf(test: TestApp, tokens: readonly string[]): Promise<unknown[]> {
  const responses = await Promise.all(tokens.map((token) => test.get('/whoami', token)))
  return responses.map(({ status, body }) => (status === 200 ? 200 : body.code))
}

async function threeAndBob(test: TestApp): Promise<string[]> {
  return [await test.login(), await test.login(), await test.login(), await test.login('bob')]
}

describe('revoke', () => {
  it('refuses the very next request of that session, and of no other', async () => {
    const test = await testApp()
    const tokens = await threeAndBob(test)
    expect(await codesOf(test, tokens)).toEqual([200, 200, 200, 200])
    expect(await test.sessions.revoke(keyOf(tokens[1] ?? ''))).toBe(true)
    expect(await codesOf(test, tokens)).toEqual([200, 'session_revoked', 200, 200])
  })

  it('knows the session by any spelling of its key', async () => {
    const test = await testApp({ wrap: () => openSqliteStore(':memory:', { singleProcess: true }) })
    const token = await test.login()
    expect(await test.sessions.revoke(`${keyOf(token)}==`)).toBe(true)
    expect(await codesOf(test, [token])).toEqual(['session_revoked'])
  })

  it.each([[newJti()], ['not a key'], ['']])('answers false for %j', async (jti) => {
    const test = await testApp()
    expect(await test.sessions.revoke(jti)).toBe(false)
    expect(await test.sessions.find(jti)).toBeUndefined()
  })

  it('keeps the reason of the first', async () => {
    const test = await testApp()
    const jti = keyOf(await test.login())
    await test.sessions.revoke(jti, { reason: 'admin' })
    await test.sessions.revoke(jti)
    expect(await test.sessions.find(jti)).toMatchObject({ valid: false, revokedReason: 'admin' })
  })

  it('by one process is seen by another on its very next request', async () => {
    const path = temporaryDatabase()
    const [one, other] = [await testApp({ path }), await testApp({ path })]
    const token = await one.login()
    await other.get('/whoami', token).expect(200)
    await one.sessions.revoke(keyOf(token))
    expect(await codesOf(other, [token])).toEqual(['session_revoked'])
  })
})

describe('revokeAll', () => {
  it('ends all sessions of the user and counts them', async () => {
    const test = await testApp()
    const tokens = await threeAndBob(test)
    expect(await test.sessions.revokeAll('ada')).toEqual({ revoked: 3 })
    expect(await test.sessions.revokeAll('ada')).toEqual({ revoked: 0 })
    const out = 'session_revoked'
    expect(await codesOf(test, tokens)).toEqual([out, out, out, 200])
  })

  it('ends all but one', async () => {
    const test = await testApp()
    const tokens = await threeAndBob(test)
    const except = keyOf(tokens[1] ?? '')
    expect(await test.sessions.revokeAll('ada', { except })).toEqual({ revoked: 2 })
    expect(await codesOf(test, tokens)).toEqual(['session_revoked', 200, 'session_revoked', 200])
  })

  it('with an exception of somebody else ends all', async () => {
    const test = await testApp()
    const tokens = await threeAndBob(test)
    expect(await test.sessions.revokeAll('ada', { except: keyOf(tokens[3] ?? '') })).toEqual({ revoked: 3 })
  })
})

describe('what is asked wrongly', () => {
  const REASONS =
    'one of logout, revoked, admin, replaced, limit, reuse, fingerprint, user_disabled, password_changed'

  it.each([
    ['revokeAll', { exept: 'x' }, 'exept: unknown option; did you mean except?'],
    ['revokeAll', { except: 7 }, 'except: got 7, takes the jti of a session'],
    ['revokeAll', { reason: 'whatever' }, `reason: got "whatever", takes ${REASONS}`],
    ['revoke', { resaon: 'admin' }, 'resaon: unknown option; did you mean reason?'],
    ['revoke', { except: 'x' }, 'except: unknown option; known are reason'],
    ['revoke', { reason: null }, `reason: got null, takes ${REASONS}`],
  ] as const)('%s with %j revokes nothing', async (method, options, message) => {
    const test = await testApp()
    const token = await test.login()
    const key = method === 'revoke' ? keyOf(token) : 'ada'
    const error = await test.sessions[method](key, options as object).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toHaveProperty('message', message)
    await test.get('/whoami', token).expect(200)
  })

  it.each([
    ['list', 'A user id is a non-empty string.'],
    ['revokeAll', 'A user id is a non-empty string.'],
    ['find', 'A jti is a string.'],
    ['revoke', 'A jti is a string.'],
  ] as const)('%s of nobody is an error of the caller, not of the database', async (method, message) => {
    const test = await testApp()
    const error = await test.sessions[method](undefined as never).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toHaveProperty('message', message)
    expect(test.events).toEqual([])
  })
})

describe('list and find', () => {
  it('show the latest renewal first, the revoked last, with their devices', async () => {
    const test = await testApp()
    const chrome = await test.login()
    const firefox = await test.login('ada', { 'User-Agent': FIREFOX })
    const ended = await test.login()
    await test.sessions.revoke(keyOf(ended))
    test.clock.advance(16 * MINUTE)
    await test.get('/whoami', chrome).expect(200)
    const listed = await test.sessions.list('ada')
    expect(listed.map(({ jti }) => jti)).toEqual([chrome, firefox, ended].map(keyOf))
    expect(listed.map(({ device, renewals, valid }) => [device.name, renewals, valid])).toEqual([
      ['Chrome 140 on Linux', 1, true],
      ['Firefox 140 on Linux', 0, true],
      ['Chrome 140 on Linux', 0, false],
    ])
    expect(await test.sessions.find(keyOf(chrome))).toEqual(listed[0])
  })

  it('call a session invalid once nothing can renew it', async () => {
    const test = await testApp()
    const jti = keyOf(await test.login())
    test.clock.advance(7 * DAY - 1)
    expect(await test.sessions.find(jti)).toMatchObject({ valid: true })
    test.clock.advance(1)
    expect(await test.sessions.find(jti)).toMatchObject({ valid: false, revokedAt: null })
  })
})

describe('prune', () => {
  it('deletes what has ended, by each of its three ends, and nothing that can be used', async () => {
    const test = await testApp({ options: { maxAge: '10d', idleTimeout: '3d' } })
    const [idle, revoked, alive] = [await test.login(), await test.login(), await test.login()]
    await test.sessions.revoke(keyOf(revoked))
    expect(await test.sessions.prune()).toBe(1)
    expect(test.row(revoked)).toBeUndefined()
    test.clock.advance(3 * DAY - 1)
    const second = tokenOf(await test.get('/whoami', alive).expect(200)) ?? ''
    expect(await test.sessions.prune()).toBe(0)
    test.clock.advance(1)
    expect(await test.sessions.prune()).toBe(1)
    expect(test.row(idle)).toBeUndefined()
    test.clock.advance(2 * DAY)
    await test.get('/whoami', second).expect(200)
    test.clock.advance(2 * DAY)
    expect(await test.sessions.prune()).toBe(0)
    expect(test.row(alive)).toMatchObject({ valid: 1 })
    test.clock.advance(3 * DAY)
    expect(await test.sessions.prune()).toBe(1)
    expect(test.row(alive)).toBeUndefined()
  })

  it('tells how much of its work is done', async () => {
    const test = await testApp()
    await test.login()
    const shares: number[] = []
    await test.sessions.prune((share) => shares.push(share))
    expect(shares).toEqual([expect.any(Number)])
  })

  it('keeps a session whose token is still fresh, although it is idle', async () => {
    const test = await testApp({ options: { tokenTtl: '1h', idleTimeout: '5m' } })
    const token = await test.login()
    test.clock.advance(HOUR - 1)
    expect(await test.sessions.prune()).toBe(0)
    await test.get('/whoami', token).expect(200)
    test.clock.advance(1)
    expect((await test.get('/whoami', token)).body).toMatchObject({ code: 'session_idle' })
    expect(await test.sessions.prune()).toBe(1)
  })

  it('keeps what can be used within the leeway', async () => {
    const test = await testApp({ options: { maxAge: '10m', leeway: '30s' } })
    const token = await test.login()
    test.clock.advance(10 * MINUTE + 1)
    await test.get('/whoami', token).expect(200)
    await test.sessions.prune()
    await test.get('/whoami', token).expect(200)
    test.clock.advance(30_000)
    await test.sessions.prune()
    expect(test.row(token)).toBeUndefined()
  })
})
