import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  createClient,
  inMemory,
  inSessionStorage,
  shared,
  type TokenStorage,
} from '../../src/client/index.ts'
import { listenWithSessions } from './server.ts'
import { claimsOf, FIRST, OTHER, SECOND, THIRD } from './tokens.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** The `sessionStorage` of one tab; another tab begins with a copy where it is a duplicate. */
function tabStorage(
  key: string,
  entries = new Map<string, string>(),
): { storage: TokenStorage; entries: Map<string, string> } {
  const area = {
    getItem: (name: string) => entries.get(name) ?? null,
    setItem: (name: string, value: string) => entries.set(name, value),
    removeItem: (name: string) => entries.delete(name),
  }
  vi.stubGlobal('sessionStorage', area)
  return { storage: inSessionStorage(key), entries }
}

function clientOf(baseUrl: string, storage: TokenStorage) {
  const ends: unknown[] = []
  return { ends, ...createClient({ baseUrl, storage, onSignedOut: (code) => ends.push(code) }) }
}

describe('one session for all tabs, in memory', () => {
  it('goes on with one token across expiries, in tabs that come later too', async () => {
    const server = await listenWithSessions()
    const name = randomUUID()
    const one = clientOf(server.url, shared(inMemory(), name))
    const two = clientOf(server.url, shared(inMemory(), name))
    await one.login({ username: 'ada' })
    await vi.waitFor(() => expect(two.token()).toBe(one.token()))
    for (const gen of [1, 2, 3]) {
      server.expireTokens()
      expect((await (gen === 2 ? one : two).fetch('me')).status).toBe(200)
      await vi.waitFor(() => expect(claimsOf(one.token()).gen).toBe(gen))
      await vi.waitFor(() => expect(claimsOf(two.token()).gen).toBe(gen))
    }
    const three = clientOf(server.url, shared(inMemory(), name))
    expect((await three.fetch('me')).status).toBe(200)
    expect(three.token()).toBe(one.token())
    await two.logout()
    await vi.waitFor(() => expect([one.ends, two.ends, three.ends]).toEqual([[undefined], [], [undefined]]))
  })

  it('puts right what a tab tells too late, in all tabs', async () => {
    const name = randomUUID()
    const [one, two] = [shared(inMemory(), name), shared(inMemory(), name)]
    one.set(THIRD)
    await vi.waitFor(() => expect(two.get()).toBe(THIRD))
    two.set(SECOND)
    await vi.waitFor(() => expect(two.get()).toBe(THIRD))
    expect(one.get()).toBe(THIRD)
    two.set(OTHER)
    await vi.waitFor(() => expect(one.get()).toBe(OTHER))
  })

  it('takes no answer in place of the session that a tab has begun meanwhile', async () => {
    const name = randomUUID()
    const storage = shared(inMemory(), name)
    storage.set(OTHER)
    const elsewhere = new BroadcastChannel(name)
    elsewhere.postMessage({ kind: 'answer', token: FIRST })
    elsewhere.postMessage({ kind: 'question', token: undefined })
    await new Promise((resolve) => {
      elsewhere.onmessage = resolve
    })
    expect(storage.get()).toBe(OTHER)
    elsewhere.close()
  })

  it('starts as soon as another tab has answered', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const name = randomUUID()
    shared(inMemory(), name).set(FIRST)
    const { ready, get } = shared(inMemory(), name)
    await ready
    expect(get()).toBe(FIRST)
  })

  it('starts without waiting longer than it must where there is no other tab', async () => {
    const { ready } = shared(inMemory(), randomUUID())
    await expect(ready).resolves.toBeUndefined()
  })

  it('is the storage itself where there is no BroadcastChannel', () => {
    vi.stubGlobal('BroadcastChannel', undefined)
    const storage = inMemory()
    expect(shared(storage)).toBe(storage)
  })
})

describe('in sessionStorage', () => {
  it('each tab has a session of its own', async () => {
    const server = await listenWithSessions()
    const key = randomUUID()
    const [one, two] = [
      clientOf(server.url, tabStorage(key).storage),
      clientOf(server.url, tabStorage(key).storage),
    ]
    await one.login({ username: 'ada' })
    await two.login({ username: 'grace' })
    expect(await (await one.fetch('me')).json()).toMatchObject({ userId: 'ada' })
    await one.logout()
    expect(await (await two.fetch('me')).json()).toMatchObject({ userId: 'grace' })
    expect(two.ends).toEqual([])
  })

  it('a duplicated tab goes on in step: neither ever sends a superseded token', async () => {
    const server = await listenWithSessions()
    const key = randomUUID()
    const first = tabStorage(key)
    const one = clientOf(server.url, first.storage)
    await one.login({ username: 'ada' })
    const two = clientOf(server.url, tabStorage(key, new Map(first.entries)).storage)
    for (const gen of [1, 2, 3]) {
      server.expireTokens()
      expect((await (gen === 2 ? one : two).fetch('me')).status).toBe(200)
      await vi.waitFor(() => expect([one, two].map((tab) => claimsOf(tab.token()).gen)).toEqual([gen, gen]))
    }
    await one.logout()
    await vi.waitFor(() => expect([one.ends, two.ends]).toEqual([[], [undefined]]))
  })

  it('a tab that is opened again with an old token asks before its first request', async () => {
    const server = await listenWithSessions()
    const key = randomUUID()
    const first = tabStorage(key)
    const one = clientOf(server.url, first.storage)
    await one.login({ username: 'ada' })
    const asItWas = new Map(first.entries)
    server.expireTokens()
    await one.fetch('me')
    await one.fetch('me')
    server.expireTokens()
    const reopened = clientOf(server.url, tabStorage(key, asItWas).storage)
    expect(claimsOf(reopened.token()).gen).toBe(0)
    expect((await reopened.fetch('me')).status).toBe(200)
    expect(reopened.ends).toEqual([])
  })

  it('a tab with the newer token tells the one that has an older one', async () => {
    const key = randomUUID()
    const old = tabStorage(key, new Map([[key, FIRST]]))
    const newer = tabStorage(key, new Map([[key, SECOND]]))
    await vi.waitFor(() => expect(old.storage.get()).toBe(SECOND))
    expect(newer.storage.get()).toBe(SECOND)
  })
})
