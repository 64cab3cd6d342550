import request from 'supertest'
import { describe, expect, it, vi } from 'vitest'
import { Audit } from '../../src/server/audit.ts'
import { describeError } from '../../src/server/describe-error.ts'
import { EVENTS_KEPT_MS, keepHouse, startHousekeeping } from '../../src/server/housekeeping.ts'
import type { EventRecord, EventStore } from '../../src/stores/server-store.ts'
import { keptLog } from '../support/log.ts'
import { HOUR, MINUTE, T0 } from '../support/records.ts'
import { addUser, bearer, eventsOf, logIn, startBench } from './support.ts'

/** An audit trail over a store that only remembers. */
function auditOf(append: (event: Omit<EventRecord, 'id'>) => Promise<void> = async () => undefined) {
  const events: Omit<EventRecord, 'id'>[] = []
  const clock = { now: T0 }
  const store: EventStore = {
    append: async (event) => {
      await append(event)
      events.push(event)
    },
    list: async () => [],
    prune: async () => 0,
  }
  const { logger, log } = keptLog('info')
  return { audit: new Audit({ events: store, logger, now: () => clock.now }), events, log, clock }
}

describe('Audit', () => {
  it('knows nobody outside of requests', async () => {
    const { audit, events } = auditOf()
    audit.record({ type: 'user.created', userId: 'ada' })
    await audit.settled()
    expect(events).toEqual([
      { at: T0, type: 'user.created', userId: 'ada', actorId: null, jti: null, ip: null, detail: {} },
    ])
  })

  it('logs what cannot be recorded, and breaks nothing', async () => {
    const { audit, log } = auditOf(() => Promise.reject(new Error('disk full')))
    audit.record({ type: 'user.created' })
    await audit.settled()
    expect(JSON.parse(log[0] ?? '')).toMatchObject({ event: 'user.created', err: { message: 'disk full' } })
  })

  it('records no more of what strangers cause than a bound in each minute, and says so once', async () => {
    const { audit, events, log, clock } = auditOf()
    const flood = () => {
      for (let index = 0; index < 1_000; index += 1) audit.record({ type: 'login.failed' })
      return audit.settled()
    }
    await flood()
    audit.record({ type: 'user.updated' })
    await audit.settled()
    expect(events).toHaveLength(601)
    expect(log).toHaveLength(1)
    clock.now += MINUTE
    await flood()
    expect(events).toHaveLength(1_201)
    expect(log).toHaveLength(2)
  })

  it('records that a session moved, and from where, but no renewal as such', async () => {
    const bench = await startBench({ trustProxy: 1 })
    await addUser(bench, 'ada')
    const { headers, jti } = await logIn(bench, 'ada')
    const verify = (token: object, ip: string) =>
      request(bench.app)
        .get('/verify')
        .set({ ...headers, ...token, 'X-Forwarded-For': ip })
        .expect(204)
    bench.clock.now += HOUR
    const { headers: renewed } = await verify(headers, '192.0.2.7')
    bench.clock.now += HOUR
    await verify(bearer(renewed['x-jwt'] as string), '192.0.2.7')
    await bench.audit.settled()
    const [event, ...others] = await bench.database.events.list({ limit: 10 })
    expect(event).toMatchObject({
      at: T0 + HOUR,
      type: 'session.moved',
      userId: 'id-of-ada',
      jti,
      ip: '192.0.2.7',
      detail: { from: '127.0.0.1', to: '192.0.2.7' },
    })
    expect(others.map(({ type }) => type)).toEqual(['login.succeeded'])
  })
})

describe('housekeeping', () => {
  it('deletes events after 90 days, in batches', async () => {
    const bench = await startBench()
    for (let index = 0; index < 1_201; index += 1) {
      bench.audit.record({ type: 'user.updated', at: T0 - EVENTS_KEPT_MS - 1 })
    }
    bench.audit.record({ type: 'user.created', at: T0 - EVENTS_KEPT_MS })
    await bench.audit.settled()
    await keepHouse(bench.database, T0)
    expect(await eventsOf(bench, 'user.updated')).toEqual([])
    expect(await eventsOf(bench, 'user.created')).toHaveLength(1)
  })

  it('forgets counters that are over, and no others', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: T0 })
    const { database } = await startBench()
    await database.loginLimits.addFailure('old', HOUR)
    vi.setSystemTime(T0 + HOUR + 1)
    await database.loginLimits.addFailure('new', HOUR)
    await keepHouse(database, T0)
    vi.setSystemTime(T0)
    expect(await database.loginLimits.failures('old')).toEqual({ count: 0, resetsIn: 0 })
    expect((await database.loginLimits.failures('new')).count).toBe(1)
    vi.useRealTimers()
  })

  it('goes on by itself, and logs what fails', async () => {
    const { database } = await startBench()
    const { logger, log } = keptLog('info')
    const prune = vi
      .spyOn(database.events, 'prune')
      .mockRejectedValueOnce(new Error('disk full'))
      .mockResolvedValue(0)
    vi.useFakeTimers()
    const stop = startHousekeeping(database, logger, () => T0)
    await vi.advanceTimersByTimeAsync(600_000)
    expect(log.join('')).toContain('disk full')
    await vi.advanceTimersByTimeAsync(600_000)
    expect(prune).toHaveBeenCalledTimes(2)
    stop()
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(prune).toHaveBeenCalledTimes(2)
    vi.useRealTimers()
  })
})

describe('describeError', () => {
  it('leaves out everything but what errors say of themselves, and their causes', () => {
    const cause = Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR', secret: 'hush' })
    const error = Object.assign(new TypeError('it failed', { cause }), { body: 'hush' })
    const { stack: _, cause: described, ...rest } = describeError(error)
    expect(rest).toEqual({ type: 'TypeError', message: 'it failed' })
    expect(described).toMatchObject({ message: 'disk I/O error', code: 'SQLITE_IOERR' })
    expect(JSON.stringify(describeError(error))).not.toContain('hush')
  })

  it.each([
    [
      'a query with its parameters',
      Object.assign(new Error('params: hush', { cause: new Error('locked') }), {
        query: 'q',
        params: ['hush'],
      }),
      'locked',
    ],
    [
      'such a query without a cause',
      Object.assign(new Error('params: hush'), { query: 'q', params: ['hush'] }),
      'a query failed',
    ],
    ['what is no error', 'hush', 'something was thrown that is no error'],
  ])('does not show %s', (_what, error, message) => {
    expect(describeError(error).message).toBe(message)
    expect(JSON.stringify(describeError(error))).not.toContain('hush')
  })

  it('ends where causes go round in a circle', () => {
    const error = new Error('round')
    error.cause = error
    expect(() => JSON.stringify(describeError(error))).not.toThrow()
  })
})
