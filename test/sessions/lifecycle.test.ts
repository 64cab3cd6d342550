import Database from 'better-sqlite3'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ConfigurationError, type SlidingSessionOptions, slidingSession } from '../../src/index.ts'
import { testApp, tokenOf } from '../support/app.ts'
import { clockAt } from '../support/clock.ts'
import { temporaryDatabase } from '../support/files.ts'
import { decode, SECRET } from '../support/forge.ts'
import { DAY, MINUTE } from '../support/records.ts'

const EXPIRED = 16 * MINUTE
const NEW_SECRET = 'the next secret of the tests, which is 32 bytes or longer'

async function errorOf(options: unknown): Promise<ConfigurationError> {
  try {
    const sessions = await slidingSession(options as SlidingSessionOptions)
    await sessions.close()
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
  return expect.fail('nothing was thrown')
}

describe('slidingSession refuses, before it opens anything,', () => {
  const right = { secret: SECRET, database: ':memory:' }

  it.each([
    ['a misspelt option', { ...right, tokenTTL: '5m' }, 'tokenTTL: unknown option; did you mean tokenTtl?'],
    ['a misspelt database', { ...right, databse: 'x' }, 'databse: unknown option; did you mean database?'],
    [
      'a misspelt function',
      { ...right, loadclaims: () => null },
      'loadclaims: unknown option; did you mean loadClaims?',
    ],
    ['a quite unknown option', { ...right, cookie: true }, /^cookie: unknown option; known are tokenTtl, /],
    ['a wrong value', { ...right, grace: 'soon' }, /^grace: got "soon", takes a duration/],
    ['no secret', { database: ':memory:' }, /^secret: got nothing, takes at least 32 bytes/],
    ['an undefined secret', { ...right, secret: undefined }, /^secret: got nothing, takes at least 32 bytes/],
    ['a short secret', { ...right, secret: 'hunter2' }, /^secret: got 7 bytes, takes at least 32 bytes/],
    ['a secret and keys', { ...right, keys: { keys: [] } }, /^secret: got a secret and keys, takes only one/],
    ['no keys', { database: ':memory:', keys: { keys: [] } }, /^keys: got no key, takes a JWK Set/],
    ['no database', { secret: SECRET }, /^database: got nothing, takes the path/],
    [
      'claims that are no function',
      { ...right, loadClaims: {} },
      'loadClaims: got an object, takes a function',
    ],
    ['a clock that is no function', { ...right, now: 5 }, 'now: got 5, takes a function'],
    ['no options', undefined, /^options: got nothing, takes an object/],
    ['null', null, /^options: got null, takes an object/],
    ['a path alone', 'sessions.db', /^options: got "sessions.db", takes an object/],
  ])('%s', async (_, options, message) => {
    const error = await errorOf(options)
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain('\n')
    expect(error.message).not.toContain('hunter2')
  })

  it('and makes no file', async () => {
    const database = temporaryDatabase()
    await errorOf({ secret: 'short', database })
    await errorOf({ secret: SECRET, database, maxAge: -1 })
    await errorOf({ secret: SECRET, database, now: 'now' })
    expect(() => new Database(database, { fileMustExist: true })).toThrow()
  })
})

describe('options', () => {
  it('may be frozen, and are followed no further once they were read', async () => {
    const clock = clockAt()
    const options = {
      secret: SECRET,
      database: ':memory:',
      now: clock.now,
      tokenTtl: '5m',
      fingerprint: { userAgent: 'exact' },
    } as const
    const sessions = await slidingSession(
      Object.freeze({ ...options, fingerprint: Object.freeze(options.fingerprint) }),
    )
    await sessions.close()
    const mutable: Record<string, unknown> = { tokenTtl: '5m' }
    const test = await testApp({ options: mutable })
    mutable['tokenTtl'] = '1h'
    const { exp, iat } = decode(await test.login())
    expect((exp as number) - (iat as number)).toBe(300)
  })

  it('keys serve in place of a secret', async () => {
    const k = Buffer.from(SECRET).toString('base64url')
    const keys = { keys: [{ kty: 'oct', alg: 'HS256', kid: '2027', k }] } as const
    const test = await testApp({ options: { secret: undefined, keys } })
    const token = await test.login()
    const [header = ''] = token.split('.')
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ kid: '2027' })
    await test.get('/whoami', token).expect(200)
  })
})

describe('a restart with the same file', () => {
  it('goes on with every session, expired and revoked ones too', async () => {
    const [path, clock] = [temporaryDatabase(), clockAt()]
    const before = await testApp({ path, clock })
    const [fresh, expired, revoked] = [await before.login(), await before.login(), await before.login('bob')]
    await before.sessions.revokeAll('bob')
    await before.sessions.close()
    const after = await testApp({ path, clock })
    await after.get('/whoami', fresh).expect(200)
    expect((await after.get('/whoami', revoked)).body).toMatchObject({ code: 'session_revoked' })
    clock.advance(EXPIRED)
    expect(tokenOf(await after.get('/whoami', expired).expect(200))).toBeDefined()
  })

  it('with a new secret in front takes the old tokens and renews them with the new', async () => {
    const [path, clock] = [temporaryDatabase(), clockAt()]
    const token = await (await testApp({ path, clock })).login()
    const rotated = await testApp({ path, clock, options: { secret: [NEW_SECRET, SECRET] } })
    await rotated.get('/whoami', token).expect(200)
    clock.advance(EXPIRED)
    const successor = tokenOf(await rotated.get('/whoami', token).expect(200)) ?? ''
    const retired = await testApp({ path, clock, options: { secret: NEW_SECRET } })
    await retired.get('/whoami', successor).expect(200)
    expect((await retired.get('/whoami', token)).body).toMatchObject({ code: 'token_invalid' })
  })

  it('for another audience takes none of the tokens, fresh or expired', async () => {
    const [path, clock] = [temporaryDatabase(), clockAt()]
    const token = await (await testApp({ path, clock })).login()
    const other = await testApp({ path, clock, options: { audience: 'another' } })
    expect((await other.get('/whoami', token)).body).toMatchObject({ code: 'token_invalid' })
    clock.advance(EXPIRED)
    expect((await other.get('/whoami', token)).body).toMatchObject({ code: 'token_invalid' })
  })
})

describe('the housekeeping', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('deletes by itself what ended a day ago, and stops at close', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const [clock, sqlite] = [clockAt(), new Database(':memory:')]
    const sessions = await slidingSession({ secret: SECRET, database: sqlite, now: clock.now })
    sqlite.exec("INSERT INTO sliding_user_agents VALUES (1, 'x', 0)")
    const insert = sqlite.prepare(
      `INSERT INTO sliding_sessions (jti, user_id, user_key, ip, user_agent_id, valid, created_at, updated_at, issued, seen, floor)
       VALUES (randomblob(16), 'ada', x'00', '', 1, 1, ?, ?, 0, 0, 0)`,
    )
    const count = () => sqlite.prepare('SELECT count(*) FROM sliding_sessions').pluck().get()
    const ended = clock.now() - 8 * DAY
    insert.run(ended, ended)
    insert.run(ended + 1, ended + 1)
    vi.advanceTimersByTime(10 * MINUTE)
    await expect.poll(count).toBe(1)
    await sessions.close()
    clock.advance(DAY)
    vi.advanceTimersByTime(60 * MINUTE)
    expect(vi.getTimerCount()).toBe(0)
    expect(count()).toBe(1)
    sqlite.close()
  })
})

describe('close', () => {
  it('closes a file that was opened by its path, and lets nobody in any more', async () => {
    const path = temporaryDatabase()
    const test = await testApp({ options: { database: path } })
    const token = await test.login()
    await test.sessions.close()
    const response = await test.get('/whoami', token)
    expect(response.body).toMatchObject({ code: 'unavailable' })
    await expect(test.sessions.close()).resolves.toBeUndefined()
  })
})
