import { EventEmitter } from 'node:events'
import type { Pool, PoolClient } from 'pg'
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { RevocationListener } from '../../src/stores/postgres/revocation-listener.ts'
import { MACHINE_TIME } from '../../src/stores/postgres/time.ts'
import { MINUTE } from '../support/records.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const KEY = 'AAAAAAAAAAAAAAAAAAAAAQ'
const UUID = '00000000-0000-0000-0000-000000000001'

interface Reading {
  xmin: string
  instance: string
  isStandby: boolean
  revoked: string | null
}

/** A database as a listener sees it, in which a test can break what it likes. */
class FakeDatabase {
  reading: Reading = { xmin: '10', instance: 'first', isStandby: false, revoked: null }
  isReachable = true
  /** Whether questions get no answer at all, as on a connection that is half open. */
  isSilent = false
  listenError: Error | undefined
  readonly clients: EventEmitter[] = []
  /** The transaction from which each reading was asked for. */
  readonly asked: unknown[] = []
  readonly pruned: unknown[] = []

  readonly pool = { connect: () => this.#connect(), query: (query: Query) => this.#answer(query) }

  notify(): void {
    for (const client of this.clients) client.emit('notification')
  }

  async #connect(): Promise<PoolClient> {
    if (!this.isReachable) throw new Error('ECONNREFUSED')
    const client = Object.assign(new EventEmitter(), {
      query: (query: Query) => this.#answer(query),
      release: () => void this.clients.splice(this.clients.indexOf(client), 1),
    })
    this.clients.push(client)
    return client as unknown as PoolClient
  }

  async #answer(query: Query): Promise<{ rows: object[] }> {
    if (query.text.startsWith('LISTEN')) {
      if (this.listenError !== undefined) throw this.listenError
      return { rows: [] }
    }
    if (query.text.startsWith('DELETE')) {
      this.pruned.push(query.values[0])
      return { rows: [] }
    }
    this.asked.push(query.values[0])
    if (!this.isReachable) throw new Error('ECONNRESET')
    const reading = { ...this.reading }
    if (this.isSilent) {
      await new Promise((resolve) => setTimeout(resolve, query.query_timeout))
      throw new Error('Query read timeout')
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
    return { rows: [reading] }
  }
}

type Query = { readonly text: string; readonly values: readonly unknown[]; readonly query_timeout: number }

async function start(database = new FakeDatabase()) {
  const news: (readonly string[] | 'all')[] = []
  const listener = new RevocationListener({
    pool: database.pool as unknown as Pool,
    onRevoked: (jtis) => news.push(jtis),
    time: { ...MACHINE_TIME, now: Date.now },
  })
  onTestFinished(() => listener.close())
  const started = listener.start()
  started.catch(() => undefined)
  await vi.advanceTimersByTimeAsync(5)
  await started
  news.length = 0
  return { database, listener, news }
}

/** For so long, was it always, sometimes or never current? */
async function currentFor(listener: RevocationListener, milliseconds: number): Promise<boolean[]> {
  const seen = new Set<boolean>()
  for (let passed = 0; passed < milliseconds; passed += 10) {
    await vi.advanceTimersByTimeAsync(10)
    seen.add(listener.isCurrent())
  }
  return [...seen]
}

it('is current once it has read, and stays so while it reads on', async () => {
  const { listener, database } = await start()
  expect(await currentFor(listener, 10_000)).toEqual([true])
  expect(database.asked.length).toBeGreaterThan(15)
})

it('rejects at the start where there is nothing to read from', async () => {
  const database = new FakeDatabase()
  database.isReachable = false
  await expect(start(database)).rejects.toThrow('ECONNREFUSED')
})

it('tells what was revoked as soon as it is notified, and is not current until then', async () => {
  const { listener, database, news } = await start()
  database.reading.revoked = UUID
  database.notify()
  expect(listener.isCurrent()).toBe(false)
  await vi.advanceTimersByTimeAsync(2)
  expect(news).toEqual([[KEY]])
  expect(listener.isCurrent()).toBe(true)
})

it('reads again where it was notified while it read', async () => {
  const { listener, database, news } = await start()
  database.notify()
  database.reading.revoked = UUID
  database.notify()
  await vi.advanceTimersByTimeAsync(1)
  expect(listener.isCurrent()).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(news).toEqual([[KEY]])
  expect(listener.isCurrent()).toBe(true)
})

it('finds within a beat what nobody notifies of', async () => {
  const { database, news } = await start()
  database.reading.revoked = `${UUID},${UUID}`
  await vi.advanceTimersByTimeAsync(510)
  expect(news).toEqual([[KEY, KEY]])
})

it.each(['0A000', '42601'])('reads in beats where there is no LISTEN (%s)', async (code) => {
  const database = new FakeDatabase()
  database.listenError = Object.assign(new Error('no LISTEN'), { code })
  const { listener } = await start(database)
  expect(await currentFor(listener, 5_000)).toEqual([true])
})

it('is not current 1.5 s after the last reading was sent, where the connection says nothing', async () => {
  const { listener, database } = await start()
  await vi.advanceTimersByTimeAsync(500)
  database.isSilent = true
  expect(await currentFor(listener, 990)).toEqual([true])
  await vi.advanceTimersByTimeAsync(520)
  expect(await currentFor(listener, 10_000)).toEqual([false])
  database.isSilent = false
  await vi.advanceTimersByTimeAsync(3_000)
  expect(await currentFor(listener, 5_000)).toEqual([true])
})

it.each([
  ['ends', (client: EventEmitter) => client.emit('end')],
  ['fails', (client: EventEmitter) => client.emit('error', new Error('ECONNRESET'))],
])('is not current as soon as its connection %s, and catches up before it is again', async (_, breakIt) => {
  const { listener, database, news } = await start()
  database.reading.xmin = '12'
  await vi.advanceTimersByTimeAsync(600)
  const [client] = database.clients
  database.isReachable = false
  if (client !== undefined) breakIt(client)
  expect(await currentFor(listener, 60_000)).toEqual([false])
  expect(news).toEqual([])
  database.reading.revoked = UUID
  database.isReachable = true
  database.asked.length = 0
  for (let waited = 0; !listener.isCurrent() && waited < 1_000; waited += 1)
    await vi.advanceTimersByTimeAsync(1)
  expect(database.asked).toEqual(['12'])
  expect(news).toEqual([[KEY]])
  expect(database.clients).toHaveLength(1)
})

it('follows the database while it is behind, but not while it cannot read', async () => {
  const { listener, database } = await start()
  database.notify()
  expect([listener.isCurrent(), listener.isFollowing()]).toEqual([false, true])
  await vi.advanceTimersByTimeAsync(2)
  database.isReachable = false
  database.clients[0]?.emit('end')
  expect(listener.isFollowing()).toBe(false)
  database.isReachable = true
  await vi.advanceTimersByTimeAsync(1_000)
  expect(listener.isFollowing()).toBe(true)
  database.isSilent = true
  await vi.advanceTimersByTimeAsync(1_510)
  expect(listener.isFollowing()).toBe(false)
})

it.each([
  ['another server answers, whose log may lack commits', { instance: 'second' }, 1_000],
  ['it was cut off for longer than the log is kept', {}, 61 * MINUTE],
])('forgets all where %s', async (_, changes, milliseconds) => {
  const { listener, database, news } = await start()
  database.isReachable = false
  await vi.advanceTimersByTimeAsync(milliseconds)
  Object.assign(database.reading, changes)
  database.isReachable = true
  await vi.advanceTimersByTimeAsync(1_000)
  expect(news[0]).toBe('all')
  expect(news).toHaveLength(1)
  expect(listener.isCurrent()).toBe(true)
})

it('forgets all where the table was emptied', async () => {
  const { database, news } = await start()
  database.reading.revoked = `${UUID},all`
  await vi.advanceTimersByTimeAsync(510)
  expect(news).toEqual(['all'])
})

it('is never current on a standby, which knows late', async () => {
  const { listener, database } = await start()
  database.reading.isStandby = true
  await vi.advanceTimersByTimeAsync(600)
  expect(await currentFor(listener, 10_000)).toEqual([false])
  database.reading.isStandby = false
  await vi.advanceTimersByTimeAsync(1_000)
  expect(listener.isCurrent()).toBe(true)
})

it('prunes of the log what it had read an hour ago, and no more', async () => {
  const { listener, database } = await start()
  await listener.prune()
  expect(database.pruned).toEqual([])
  database.reading.xmin = '20'
  await vi.advanceTimersByTimeAsync(30 * MINUTE)
  database.reading.xmin = '30'
  await vi.advanceTimersByTimeAsync(59 * MINUTE)
  await listener.prune()
  expect(database.pruned).toEqual(['20'])
})

it('does nothing any more when it is closed', async () => {
  const { listener, database } = await start()
  listener.close()
  expect(database.clients).toEqual([])
  database.asked.length = 0
  await vi.advanceTimersByTimeAsync(10_000)
  expect(database.asked).toEqual([])
})
