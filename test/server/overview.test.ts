import request from 'supertest'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ActiveSessions } from '../../src/server/active-sessions.ts'
import { MINUTE, T0 } from '../support/records.ts'
import { asRoot, logIn, startPopulatedBench } from './support.ts'

const TTL = 15 * MINUTE

type Bench = Awaited<ReturnType<typeof startPopulatedBench>>

function pass(clock: { now: number }, milliseconds: number): void {
  clock.now += milliseconds
}

describe('GET /admin/overview', () => {
  it('tells of the last 60 minutes, the current one last', async () => {
    const bench = await startPopulatedBench()
    const { status, body } = await asRoot(bench, 'get', '/admin/overview')
    expect(status).toBe(200)
    const nothing = Array(59).fill(0)
    expect(body).toEqual({
      since: new Date(T0).toISOString(),
      from: new Date(Math.floor(T0 / MINUTE) * MINUTE - 59 * MINUTE).toISOString(),
      active: { count: 2, at: new Date(T0).toISOString() },
      activeSessions: [...Array(59).fill(null), 2],
      logins: [...nothing, 2],
      renewals: [...nothing, 0],
      refusals: [...nothing, 0],
      thefts: [...nothing, 0],
      refusalsByCode: {},
    })
  })

  it('counts renewals, refusals by code, and thefts, in the minutes of their own', async () => {
    const bench = await startPopulatedBench()
    const { app, ada, clock } = bench
    const me = (headers: typeof ada.headers) => request(app).get('/me').set(headers)
    clock.now += TTL
    const renewed = (await me(ada.headers).expect(200)).headers['x-jwt'] ?? ''
    await me({ ...ada.headers, Authorization: `Bearer ${renewed}` }).expect(200)
    clock.now += 2 * MINUTE
    await me(ada.headers).expect(401)
    await me(ada.headers).expect(401)
    clock.now += MINUTE
    const root = await logIn(bench, 'root')
    const { body } = await asRoot({ app, root }, 'get', '/admin/overview')
    expect(body).toMatchObject({
      active: { count: 1 + 1 },
      refusalsByCode: { token_reused: 1, session_revoked: 1 },
    })
    const last = (name: string) => body[name].slice(-19)
    const earlier = (count: number) => Array(count).fill(0)
    expect(last('logins')).toEqual([2, ...earlier(17), 1])
    expect(last('renewals')).toEqual([...earlier(15), 1, 0, 0, 0])
    expect(last('refusals')).toEqual([...earlier(17), 2, 0])
    expect(last('thefts')).toEqual([...earlier(17), 1, 0])
  })

  it('forgets what is an hour ago', async () => {
    const bench = await startPopulatedBench()
    bench.clock.now += 60 * MINUTE
    const root = await logIn(bench, 'root')
    const { body } = await asRoot({ ...bench, root }, 'get', '/admin/overview')
    expect(body.logins).toEqual([...Array(59).fill(0), 1])
  })
})

describe('active sessions', () => {
  it.each<[string, (bench: Bench) => unknown, number]>([
    ['two that are valid', () => undefined, 2],
    ['none past its idle timeout', ({ clock }) => pass(clock, 8 * 1440 * MINUTE), 0],
    ['none that was revoked', ({ sessions, ada }) => sessions.revoke(ada.jti), 1],
    ['none of a disabled user', ({ users, ada }) => users.update(ada.id, { disabled: true }), 1],
  ])('count %s', async (_what, change, expected) => {
    const bench = await startPopulatedBench()
    await change(bench)
    expect((await bench.overview.report()).active?.count).toBe(expected)
  })

  it('one past its maximum age does not count, however often it was renewed', async () => {
    const bench = await startPopulatedBench({ policy: { idleTimeout: '60d', maxAge: '30d' } })
    bench.clock.now += 30 * 1440 * MINUTE
    expect((await bench.overview.report()).active?.count).toBe(0)
  })

  function counter(count: () => Promise<number>) {
    let failure: unknown
    const active = new ActiveSessions({
      database: { countActiveSessions: count },
      policy: { maxAge: 1, idleTimeout: 1, tokenTtl: 1 },
      now: () => T0,
      onFailure: (error) => {
        failure = error
      },
    })
    onTestFinished(() => active.close())
    return { active, failure: () => failure }
  }

  it('are counted once for all who ask within some seconds', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const count = vi.fn(async () => 7)
    const { active } = counter(count)
    const reads = await Promise.all([active.read(), active.read()])
    expect(reads).toEqual([
      { count: 7, at: T0 },
      { count: 7, at: T0 },
    ])
    await active.read()
    expect(count).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(5_000)
    await active.read()
    expect(count).toHaveBeenCalledTimes(2)
  })

  it('are unknown while a large table is counted for the first time, and counted less often the longer it takes', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { promise, resolve: finish } = Promise.withResolvers<number>()
    const count = vi.fn(() => promise)
    const { active } = counter(count)
    expect(await active.read()).toBeUndefined()
    vi.advanceTimersByTime(2_000)
    finish(10_000_000)
    expect(await active.read()).toEqual({ count: 10_000_000, at: T0 })
    vi.advanceTimersByTime(99_999)
    await active.read()
    expect(count).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(1)
    expect(await active.read()).toEqual({ count: 10_000_000, at: T0 })
    expect(count).toHaveBeenCalledTimes(2)
  })

  it('stay what they were where the database fails, and the failure is told', async () => {
    const broken = new Error('disk')
    const { active, failure } = counter(() => Promise.reject(broken))
    expect(await active.read()).toBeUndefined()
    expect(failure()).toBe(broken)
  })

  it('are sampled each minute without anybody asking, where that is cheap', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const count = vi.fn(async () => 3)
    const { active } = counter(count)
    await vi.advanceTimersByTimeAsync(MINUTE)
    expect(count).toHaveBeenCalledTimes(1)
    expect(active.samples(T0).at(-1)).toBe(3)
    expect(active.samples(T0).slice(0, -1)).toEqual(Array(59).fill(null))
  })
})
