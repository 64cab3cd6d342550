import { describe, expect, it, onTestFinished } from 'vitest'
import { ConfigurationError } from '../../src/protocol/errors.ts'
import { openSessionStore } from '../../src/stores/open.ts'

const METHODS = ['peek', 'find', 'create', 'renew', 'markSeen', 'revoke', 'list', 'prune', 'close'] as const

describe('a store of the host’s', () => {
  it('is taken as it is, with methods of a class, too', async () => {
    const store = await openSessionStore(':memory:')
    onTestFinished(() => store.close())
    expect(await openSessionStore(store)).toBe(store)
  })

  it.each(METHODS)('is none without %s', async (missing) => {
    const methods = METHODS.filter((method) => method !== missing)
    const store = Object.fromEntries(methods.map((method) => [method, () => undefined]))
    const error = await openSessionStore(store).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({ option: 'database', got: 'an object' })
    expect(error).toHaveProperty('takes', expect.stringContaining('a SessionStore with all its methods'))
  })
})
