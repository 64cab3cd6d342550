import * as api from '@opentelemetry/api'
import { afterAll, expect, it, vi } from 'vitest'
import type { SessionStore } from '../../src/index.ts'
import { meteredStore } from '../../src/server/metrics/metered-store.ts'
import { Tracing } from '../../src/server/tracing.ts'
import { openSessionStore } from '../../src/stores/open.ts'

/** What a store takes, and has. */
const sqlite = await openSessionStore(':memory:')
afterAll(() => sqlite.close())

const METHODS = ['peek', 'find', 'create', 'renew', 'markSeen', 'revoke', 'list', 'prune', 'close'] as const

/** A store whose every method answers with a word of its own. */
function wordyStore() {
  const spies = Object.fromEntries(METHODS.map((name) => [name, vi.fn(() => `the answer of ${name}`)]))
  return { spies, store: spies as unknown as SessionStore }
}

const WRAPPERS: readonly (readonly [string, (store: SessionStore) => SessionStore])[] = [
  ['a metered store', (store) => meteredStore(store, { hits: 0, misses: 0 })],
  ['a traced store', (store) => new Tracing(api).store(store)],
]

it.each(WRAPPERS)('%s hands everything on, and nothing gets lost', async (_what, wrap) => {
  for (const name of METHODS) {
    const { spies, store } = wordyStore()
    const method = wrap(store)[name] as (...args: unknown[]) => unknown
    const args = ['one', { two: 2 }, 3].slice(0, sqlite[name].length)
    expect(await method(...args)).toBe(`the answer of ${name}`)
    expect(spies[name]).toHaveBeenCalledExactlyOnceWith(...args)
  }
})

it.each(WRAPPERS)('%s has every method of a store', (_what, wrap) => {
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(sqlite)).filter(
    (name) => name !== 'constructor',
  )
  expect(Object.keys(wrap(sqlite)).sort()).toEqual(methods.sort())
})
