import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type Client,
  createClient,
  inLocalStorage,
  inMemory,
  type SignedOutCode,
  type TokenStorage,
} from '../../src/client/index.ts'
import { listenWithSessions } from './server.ts'
import { claimsOf, FIRST, OTHER, SECOND, THIRD } from './tokens.ts'
import { clientByHand } from './transport.ts'

/** The `localStorage` of an origin, as its tabs share it. */
class Origin {
  readonly entries = new Map<string, string>()
  readonly #listeners = new Map<object, (event: { key: string | null }) => void>()

  /** Makes the globals those of one tab, for as long as a storage is made in it. */
  open<T>(make: () => T): T {
    const tab = {}
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => this.entries.get(key) ?? null,
      setItem: (key: string, value: string) => this.#change(tab, key, value),
      removeItem: (key: string) => this.#change(tab, key, undefined),
    })
    vi.stubGlobal('addEventListener', (_type: string, listener: (event: { key: string | null }) => void) => {
      this.#listeners.set(tab, listener)
    })
    return make()
  }

  clear(): void {
    this.entries.clear()
    for (const listener of this.#listeners.values()) listener({ key: null })
  }

  #change(from: object, key: string, value: string | undefined): void {
    if (value === undefined) this.entries.delete(key)
    else this.entries.set(key, value)
    for (const [tab, listener] of this.#listeners) if (tab !== from) listener({ key })
  }
}

interface Tab {
  readonly client: Client
  readonly ends: (SignedOutCode | undefined)[]
}

function tabOf(storage: TokenStorage, baseUrl: string): Tab {
  const ends: (SignedOutCode | undefined)[] = []
  return { client: createClient({ baseUrl, storage, onSignedOut: (code) => ends.push(code) }), ends }
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('in localStorage', () => {
  let origin: Origin
  beforeEach(() => {
    origin = new Origin()
  })

  async function openTwoTabs() {
    const server = await listenWithSessions()
    const [one, two] = [
      tabOf(origin.open(inLocalStorage), server.url),
      tabOf(origin.open(inLocalStorage), server.url),
    ]
    await one.client.login({ username: 'ada' })
    return { server, one, two }
  }

  it('two tabs go on with one token across several expiries', async () => {
    const { server, one, two } = await openTwoTabs()
    for (const gen of [1, 2, 3, 4, 5, 6]) {
      server.expireTokens()
      const [first, second] = gen % 2 === 0 ? [one, two] : [two, one]
      expect((await first.client.fetch('me')).status).toBe(200)
      expect((await second.client.fetch('me')).status).toBe(200)
      expect(claimsOf(second.client.token()).gen).toBe(gen)
    }
    expect([one.ends, two.ends]).toEqual([[], []])
  })

  it('keeps the token across a reload, under its key', async () => {
    const { server, one } = await openTwoTabs()
    expect([...origin.entries]).toEqual([['sliding-jwt', one.client.token()]])
    const reloaded = tabOf(origin.open(inLocalStorage), server.url)
    expect((await reloaded.client.fetch('me')).status).toBe(200)
  })

  it('tells each tab once that the session is over: with the code where it was learnt, without it elsewhere', async () => {
    const { server, one, two } = await openTwoTabs()
    expect(two.client.token()).toBeDefined()
    await server.sessions.revokeAll('ada')
    await Promise.all([one.client.fetch('me'), one.client.fetch('me')])
    expect([one.ends, two.ends]).toEqual([['session_revoked'], [undefined]])
    expect((await two.client.fetch('me')).status).toBe(401)
    expect(two.ends).toEqual([undefined])
  })

  it('tells the other tabs of a logout, not the one that asked for it', async () => {
    const { one, two } = await openTwoTabs()
    expect(two.client.token()).toBeDefined()
    await one.client.logout()
    expect([one.ends, two.ends]).toEqual([[], [undefined]])
  })

  it('notices that the storage was cleared', async () => {
    const { one } = await openTwoTabs()
    origin.clear()
    expect(one.ends).toEqual([undefined])
  })

  it('follows a login as another user in another tab', async () => {
    const { server, one, two } = await openTwoTabs()
    await two.client.logout()
    await two.client.login({ username: 'grace' })
    expect(await (await one.client.fetch('me')).json()).toMatchObject({ userId: 'grace' })
    expect(server.arrivals.at(-1)?.authorization).toBe(`Bearer ${two.client.token()}`)
  })

  it('is nothing to clients with another key', () => {
    const [one, two] = [origin.open(() => inLocalStorage('one')), origin.open(() => inLocalStorage('two'))]
    one.set(FIRST)
    expect(two.get()).toBeNull()
  })

  it('lives in memory where the browser denies it', async () => {
    const denied = () => {
      throw new DOMException('denied', 'SecurityError')
    }
    vi.stubGlobal('localStorage', undefined)
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, get: denied })
    const server = await listenWithSessions()
    const { client } = tabOf(inLocalStorage(), server.url)
    await client.login({ username: 'ada' })
    expect((await client.fetch('me')).status).toBe(200)
    await client.logout()
    expect(client.token()).toBeUndefined()
  })

  it('goes on with the new token where the storage is full, although the old one is still in it', () => {
    const storage = origin.open(inLocalStorage)
    storage.set(FIRST)
    vi.stubGlobal('localStorage', {
      getItem: () => FIRST,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError')
      },
      removeItem: () => undefined,
    })
    const full = inLocalStorage()
    full.set(SECOND)
    expect(full.get()).toBe(SECOND)
    full.set(undefined)
    expect(full.get()).toBe(FIRST)
  })
})

describe('a storage of your own', () => {
  it('needs get and set only; what another tab has written too late is put right', async () => {
    let stored: string | null = FIRST
    const storage: TokenStorage = {
      get: () => stored,
      set: (token) => {
        stored = token ?? null
      },
    }
    const { client, start } = clientByHand({ storage })
    const renewed = await start()
    renewed.answer(200, { token: THIRD })
    await renewed.answered
    stored = SECOND
    const next = await start()
    expect(next.request.headers.get('authorization')).toBe(`Bearer ${THIRD}`)
    expect(stored).toBe(THIRD)
    stored = OTHER
    expect(client.token()).toBe(OTHER)
  })

  it('is waited for before the first request', async () => {
    const memory = inMemory()
    const { promise, resolve } = Promise.withResolvers<void>()
    const { start, waiting } = clientByHand({ storage: { ...memory, ready: promise } })
    const started = start()
    await new Promise((resolve) => setImmediate(resolve))
    expect(waiting).toEqual([])
    memory.set(FIRST)
    resolve()
    expect((await started).request.headers.get('authorization')).toBe(`Bearer ${FIRST}`)
  })

  it('takes an empty string for none', () => {
    const { client } = clientByHand({ storage: { get: () => '', set: () => undefined } })
    expect(client.token()).toBeUndefined()
  })

  it('with something in it that is no token: the server refuses it, and it is gone', async () => {
    let stored: string | undefined = 'garbage'
    const server = await listenWithSessions()
    const { client, ends } = tabOf(
      {
        get: () => stored,
        set: (token) => {
          stored = token
        },
      },
      server.url,
    )
    expect((await client.fetch('me')).status).toBe(401)
    expect([stored, ends]).toEqual([undefined, ['token_malformed']])
  })
})
