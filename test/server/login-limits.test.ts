import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as argon2 from '@node-rs/argon2'
import request from 'supertest'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createApp } from '../../src/server/app.ts'
import { createLogger } from '../../src/server/logging.ts'
import { openServices } from '../../src/server/services.ts'
import { openServerDatabase } from '../../src/stores/open.ts'
import { MINUTE, SECOND, T0 } from '../support/records.ts'
import { addUser, type Bench, eventsOf, logIn, PASSWORD, SECRET, startBench, WRONG } from './support.ts'

vi.mock('@node-rs/argon2', async (importOriginal) => {
  const original = await importOriginal<typeof argon2>()
  return { ...original, verify: vi.fn() }
})

const verify = vi.mocked(argon2.verify)

beforeEach(() => {
  // The counters run on the machine's clock.
  vi.useFakeTimers({ toFake: ['Date'], now: T0 })
  verify.mockReset().mockImplementation(async (_hash, password) => {
    await new Promise((resolve) => setImmediate(resolve))
    return password === PASSWORD
  })
})

afterEach(() => {
  vi.useRealTimers()
})

interface Attempt {
  readonly username?: string
  readonly password?: string
  readonly ip?: string
}

async function attempt(
  { app }: Pick<Bench, 'app'>,
  { username = 'ada', password = WRONG, ip = '192.0.2.1' }: Attempt = {},
) {
  const answer = await request(app).post('/login').set('X-Forwarded-For', ip).send({ username, password })
  return { status: answer.status, code: answer.body.code ?? 'ok', retryAfter: answer.headers['retry-after'] }
}

/** Several attempts one after another; their codes. */
async function attempts(
  bench: Pick<Bench, 'app'>,
  count: number,
  which: (index: number) => Attempt = () => ({}),
) {
  const codes: string[] = []
  for (let index = 0; index < count; index += 1) codes.push((await attempt(bench, which(index))).code)
  return codes
}

/** Several attempts at once; how often each code came back. */
async function burst(
  bench: Pick<Bench, 'app'>,
  count: number,
  which: (index: number) => Attempt = () => ({}),
) {
  const answers = await Promise.all(Array.from({ length: count }, (_, index) => attempt(bench, which(index))))
  return Object.fromEntries(
    [...Map.groupBy(answers, ({ code }) => code)].map(([code, group]) => [code, group.length]),
  )
}

const tooMany = (count: number) => [
  ...Array(10).fill('credentials_invalid'),
  ...Array(count - 10).fill('rate_limited'),
]

async function startServer() {
  const bench = await startBench({ trustProxy: 1 })
  await addUser(bench, 'ada')
  return bench
}

describe('the limit per account', () => {
  it.each([
    ['of a user', 'ada'],
    ['that does not exist', 'nobody'],
  ])('stops an account %s after 10 failures, without another verification', async (_what, username) => {
    const bench = await startServer()
    expect(await attempts(bench, 13, () => ({ username }))).toEqual(tooMany(13))
    expect(verify).toHaveBeenCalledTimes(10)
    expect(await attempt(bench, { username, password: PASSWORD })).toEqual({
      status: 429,
      code: 'rate_limited',
      retryAfter: '900',
    })
  })

  it('counts over addresses, and over all ways to write a name', async () => {
    const bench = await startServer()
    const names = ['ada', 'ADA', 'Ada']
    const codes = await attempts(bench, 11, (index) => ({
      username: names[index % 3] as string,
      ip: `192.0.2.${index}`,
    }))
    expect(codes).toEqual(tooMany(11))
  })

  it('keeps other accounts out of it', async () => {
    const bench = await startServer()
    await addUser(bench, 'bob')
    await attempts(bench, 10)
    expect(await attempt(bench, { username: 'bob', password: PASSWORD })).toMatchObject({ code: 'ok' })
  })

  it('lets 50 wrong passwords at once lead to 10 verifications', async () => {
    const bench = await startServer()
    expect(await burst(bench, 50)).toEqual({ credentials_invalid: 10, rate_limited: 40 })
    expect(verify).toHaveBeenCalledTimes(10)
  })

  it('lets 50 right logins at once pass, even after 9 failures', async () => {
    const bench = await startServer()
    await attempts(bench, 9)
    expect(await burst(bench, 50, () => ({ password: PASSWORD }))).toEqual({ ok: 50 })
  })

  it('begins anew after a success', async () => {
    const bench = await startServer()
    await attempts(bench, 9)
    expect(await attempt(bench, { password: PASSWORD })).toMatchObject({ code: 'ok' })
    expect(await attempts(bench, 11)).toEqual(tooMany(11))
  })

  it('begins anew when 15 minutes after the first failure are over', async () => {
    const bench = await startServer()
    await attempts(bench, 9)
    vi.setSystemTime(T0 + 14 * MINUTE)
    await attempts(bench, 1)
    expect(await attempt(bench)).toMatchObject({ code: 'rate_limited', retryAfter: '60' })
    vi.setSystemTime(T0 + 15 * MINUTE - 1)
    expect(await attempt(bench)).toMatchObject({ code: 'rate_limited', retryAfter: '1' })
    vi.setSystemTime(T0 + 15 * MINUTE + SECOND)
    expect(await attempt(bench, { password: PASSWORD })).toMatchObject({ code: 'ok' })
  })

  it('survives a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'test.db')

    const before = await openServer(path)
    await addUser(before, 'ada')
    await attempts(before, 10)
    await before.stop()
    const after = await openServer(path)
    onTestFinished(after.stop)
    expect(await attempt(after, { password: PASSWORD })).toMatchObject({ code: 'rate_limited' })
  })

  it('counts a wrong current password too', async () => {
    const bench = await startServer()
    const { headers } = await logIn(bench, 'ada')
    await attempts(bench, 9)
    const change = (currentPassword: string) =>
      request(bench.app)
        .put('/me/password')
        .set(headers)
        .send({ currentPassword, newPassword: 'a new password' })
    expect((await change(WRONG)).body.code).toBe('credentials_invalid')
    const limited = await change(PASSWORD)
    expect(limited.body.code).toBe('rate_limited')
    expect(limited.headers['retry-after']).toBe('900')
    expect(await attempt(bench, { password: PASSWORD })).toMatchObject({ code: 'rate_limited' })
    await request(bench.app).get('/me').set(headers).expect(200)
  })

  it('does not count a body that cannot be used', async () => {
    const bench = await startServer()
    const { headers } = await logIn(bench, 'ada')
    for (let index = 0; index < 11; index += 1) {
      const body = { currentPassword: WRONG, newPassword: 'short' }
      const answer = await request(bench.app).put('/me/password').set(headers).send(body)
      expect(answer.body).toMatchObject({
        code: 'body_invalid',
        detail: 'newPassword: takes 8 to 1024 characters',
      })
    }
    expect(await attempt(bench, { password: PASSWORD })).toMatchObject({ code: 'ok' })
  })

  it('keeps nothing of what was typed', async () => {
    const bench = await startServer()
    const addFailure = vi.spyOn(bench.database.loginLimits, 'addFailure')
    await attempt(bench, { username: 'my secret password' })
    expect(addFailure.mock.calls.map(([key]) => key)).toEqual([
      expect.stringMatching(/^account:[\w-]{43}$/),
      'ip:192.0.2.1',
    ])
  })
})

describe('the limit per address', () => {
  const names = (index: number) => ({ username: `user ${index}` })

  it('stops an address after 100 failures, for right passwords too, and no other address', async () => {
    const bench = await startServer()
    const codes = await attempts(bench, 101, names)
    expect(codes.slice(0, 100)).toEqual(Array(100).fill('credentials_invalid'))
    expect(codes[100]).toBe('rate_limited')
    expect(await attempt(bench, { password: PASSWORD })).toMatchObject({
      code: 'rate_limited',
      retryAfter: '900',
    })
    expect(await attempt(bench, { password: PASSWORD, ip: '192.0.2.2' })).toMatchObject({ code: 'ok' })
  })

  it('is overrun by no more than run at once', async () => {
    const bench = await startServer()
    const codes = await burst(bench, 150, names)
    expect(codes['credentials_invalid']).toBeGreaterThanOrEqual(100)
    expect(codes['credentials_invalid']).toBeLessThanOrEqual(103)
    expect(verify).toHaveBeenCalledTimes(codes['credentials_invalid'] ?? 0)
    expect(await eventsOf(bench, 'login.limited')).toMatchObject([{ userId: null, detail: { scope: 'ip' } }])
  })

  it('is not set back by a success', async () => {
    const bench = await startServer()
    await attempts(bench, 99, names)
    expect(await attempt(bench, { password: PASSWORD })).toMatchObject({ code: 'ok' })
    await attempt(bench, { username: 'nobody' })
    expect(await attempt(bench, { password: PASSWORD })).toMatchObject({ code: 'rate_limited' })
  })

  it('takes the IPv6 addresses of one customer for one', async () => {
    const bench = await startServer()
    await attempts(bench, 100, (index) => ({ ...names(index), ip: `2001:db8:0:1${index % 10}::${index}` }))
    expect(await attempt(bench, { password: PASSWORD, ip: '2001:db8:0:1f::1' })).toMatchObject({
      code: 'rate_limited',
    })
    expect(await attempt(bench, { password: PASSWORD, ip: '2001:db8:0:200::1' })).toMatchObject({
      code: 'ok',
    })
  })
})

describe('what is recorded of limits', () => {
  it('is one event when a limit is reached, and nothing for what is refused then', async () => {
    const bench = await startServer()
    await attempts(bench, 15)
    expect(await eventsOf(bench, 'login.failed')).toHaveLength(10)
    expect(await eventsOf(bench, 'login.limited')).toMatchObject([
      { userId: 'id-of-ada', ip: '192.0.2.1', detail: { scope: 'account', username: 'ada' } },
    ])
  })
})

/** A server that the test itself stops. */
async function openServer(path: string) {
  const database = await openServerDatabase(path)
  const logger = createLogger('silent')
  const services = await openServices({ database, options: { secret: SECRET }, logger })
  const stop = async () => {
    await services.close()
    await database.close()
  }
  const settings = { corsOrigins: [], trustProxy: false, realm: 'sliding-jwt', isStopping: () => false }
  return { app: createApp({ database, ...services, logger, ...settings }), database, stop }
}
