import { describe, expect, it } from 'vitest'
import type { SlidingSessionOptions } from '../../src/index.ts'
import { type TestApp, testApp, tokenOf } from '../support/app.ts'
import { decode, reforge } from '../support/forge.ts'
import { DAY, MINUTE, newJti, SECOND } from '../support/records.ts'
import { CHROME_NEWER, FIREFOX } from '../support/user-agents.ts'

const TTL = 15 * MINUTE
const EXPIRED = TTL + MINUTE

interface Case {
  readonly name: string
  readonly options?: Partial<SlidingSessionOptions>
  /** Brings about what the request meets; answers with the token that it presents. */
  readonly arrange: (test: TestApp) => Promise<string | undefined>
  readonly userAgent?: string
  /** 200, or the code with which it is refused. */
  readonly expected: 'pass' | 'renew' | { readonly code: string; readonly challenge?: string }
  /** What the request changes in the row; nothing by default. */
  readonly changes?: (test: TestApp) => Readonly<Record<string, unknown>>
}

const INVALID_TOKEN = 'Bearer realm="sliding-jwt", error="invalid_token"'

async function loggedIn({ login }: TestApp): Promise<string> {
  return login()
}

/** A token of generation 0 that expired a minute ago. */
async function expired(test: TestApp): Promise<string> {
  const token = await test.login()
  test.clock.advance(EXPIRED)
  return token
}

/** Generation 0, and generation 1 by which it was replaced just now. */
async function renewed(test: TestApp): Promise<[old: string, token: string]> {
  const old = await expired(test)
  return [old, await renew(test, old)]
}

async function renew({ get }: TestApp, token: string): Promise<string> {
  return tokenOf(await get('/whoami', token).expect(200)) ?? expect.fail('there was no renewal')
}

/** Generations 1 and 2, of which the first was lost; both were got by generation 0. */
async function siblings(test: TestApp): Promise<[elder: string, younger: string]> {
  const [old, elder] = await renewed(test)
  test.clock.advance(MINUTE)
  return [elder, await renew(test, old)]
}

async function used({ get }: TestApp, token: string): Promise<void> {
  await get('/whoami', token).expect(200)
}

const CASES: readonly Case[] = [
  {
    name: 'row 1: no token',
    arrange: async () => undefined,
    expected: { code: 'token_missing', challenge: 'Bearer realm="sliding-jwt"' },
  },
  { name: 'row 2: no JWT', arrange: async () => 'abc', expected: { code: 'token_malformed' } },
  {
    name: 'row 2: too long',
    arrange: async (test) => `${await test.login()}${'A'.repeat(8_192)}`,
    expected: { code: 'token_malformed' },
  },
  {
    name: 'row 3: fresh, with a bad signature',
    arrange: async (test) => `${(await test.login()).slice(0, -4)}AAAA`,
    expected: { code: 'token_invalid' },
  },
  {
    name: 'row 3: expired, for another audience',
    arrange: async (test) => reforge(await expired(test), { payload: { aud: 'another' } }),
    expected: { code: 'token_invalid' },
  },
  {
    name: 'row 3: expired, of another issuer',
    arrange: async (test) => reforge(await expired(test), { payload: { iss: 'another' } }),
    expected: { code: 'token_invalid' },
  },
  {
    name: 'row 4: fresh, of a session that is not recorded',
    arrange: async (test) => reforge(await test.login(), { payload: { jti: newJti() } }),
    expected: { code: 'session_unknown' },
  },
  {
    name: 'row 4: expired, of a session that was pruned',
    arrange: async (test) => {
      const token = await test.login()
      test.clock.advance(30 * DAY)
      await test.sessions.prune()
      return token
    },
    expected: { code: 'session_unknown' },
  },
  {
    name: 'row 5: fresh, revoked',
    arrange: async (test) => {
      const token = await test.login()
      await test.sessions.revokeAll('ada')
      return token
    },
    expected: { code: 'session_revoked' },
  },
  {
    name: 'row 5: expired, revoked',
    arrange: async (test) => {
      const token = await expired(test)
      await test.sessions.revokeAll('ada')
      return token
    },
    expected: { code: 'session_revoked' },
  },
  {
    name: 'row 6: expired, of a user who is gone',
    arrange: async (test) => {
      const token = await expired(test)
      test.users.delete('ada')
      return token
    },
    expected: { code: 'user_disabled' },
    changes: ({ clock }) => ({ valid: 0, revoked_at: clock.now(), revoked_reason: 'user_disabled' }),
  },
  { name: 'row 7: fresh', arrange: loggedIn, expected: 'pass' },
  {
    name: 'row 7: a millisecond before exp',
    arrange: async (test) => {
      const token = await test.login()
      test.clock.advance(TTL - 1)
      return token
    },
    expected: 'pass',
  },
  { name: 'row 7: fresh, from another browser', arrange: loggedIn, userAgent: FIREFOX, expected: 'pass' },
  {
    name: 'row 7: a new token on its first use',
    arrange: async (test) => (await renewed(test))[1],
    expected: 'pass',
    changes: () => ({ seen: 1, floor: 1 }),
  },
  {
    name: 'row 7: a new token on its second use',
    arrange: async (test) => {
      const [, token] = await renewed(test)
      await used(test, token)
      return token
    },
    expected: 'pass',
  },
  {
    name: 'row 7: an elder sibling on its first use',
    arrange: async (test) => (await siblings(test))[0],
    expected: 'pass',
    changes: () => ({ seen: 1, floor: 2 }),
  },
  {
    name: 'row 7: an abandoned sibling, while it is fresh',
    arrange: async (test) => {
      const [elder, younger] = await siblings(test)
      await used(test, younger)
      return elder
    },
    expected: 'pass',
  },
  {
    name: 'row 7: a generation beyond issued',
    arrange: async (test) => reforge(await test.login(), { payload: { gen: 7 } }),
    expected: 'pass',
    changes: () => ({ seen: 7, floor: 7 }),
  },
  {
    name: 'row 8: exactly at maxAge',
    options: { maxAge: '1h' },
    arrange: async (test) => {
      const token = await test.login()
      test.clock.advance(60 * MINUTE)
      return token
    },
    expected: { code: 'session_expired' },
  },
  {
    name: 'row 12: a millisecond before maxAge',
    options: { maxAge: '1h' },
    arrange: async (test) => {
      const token = await test.login()
      test.clock.advance(60 * MINUTE - 1)
      return token
    },
    expected: 'renew',
    changes: ({ clock }) => ({ issued: 1, parent: 0, updated_at: clock.now() }),
  },
  {
    name: 'row 9: exactly at idleTimeout',
    arrange: async (test) => {
      const token = await test.login()
      test.clock.advance(7 * DAY)
      return token
    },
    expected: { code: 'session_idle' },
  },
  {
    name: 'row 10: expired, from another browser',
    arrange: expired,
    userAgent: FIREFOX,
    expected: { code: 'fingerprint_mismatch' },
  },
  {
    name: 'row 10: expired, from another browser, where the policy revokes',
    options: { fingerprint: { onMismatch: 'revoke' } },
    arrange: expired,
    userAgent: FIREFOX,
    expected: { code: 'fingerprint_mismatch' },
    changes: ({ clock }) => ({ valid: 0, revoked_at: clock.now(), revoked_reason: 'fingerprint' }),
  },
  {
    name: 'row 10: superseded, from another browser: no reuse',
    arrange: async (test) => {
      const [old, token] = await renewed(test)
      await used(test, token)
      test.clock.advance(MINUTE)
      return old
    },
    userAgent: FIREFOX,
    expected: { code: 'fingerprint_mismatch' },
  },
  {
    name: 'row 11: the parent within grace',
    arrange: async (test) => {
      const [old] = await renewed(test)
      test.clock.advance(MINUTE - 1)
      return old
    },
    expected: 'pass',
  },
  {
    name: 'row 11: the parent within grace, after its successor was seen',
    arrange: async (test) => {
      const [old, token] = await renewed(test)
      await used(test, token)
      test.clock.advance(MINUTE - 1)
      return old
    },
    expected: 'pass',
  },
  {
    name: 'row 12: exactly at exp',
    arrange: async (test) => {
      const token = await test.login()
      test.clock.advance(TTL)
      return token
    },
    expected: 'renew',
    changes: ({ clock }) => ({ issued: 1, parent: 0, updated_at: clock.now() }),
  },
  {
    name: 'row 12: the parent at the end of grace, as its successor was not seen',
    arrange: async (test) => {
      const [old] = await renewed(test)
      test.clock.advance(MINUTE)
      return old
    },
    expected: 'renew',
    changes: ({ clock }) => ({ issued: 2, updated_at: clock.now() }),
  },
  {
    name: 'row 12: seen while it was fresh',
    arrange: async (test) => {
      const [, token] = await renewed(test)
      await used(test, token)
      test.clock.advance(EXPIRED)
      return token
    },
    expected: 'renew',
    changes: ({ clock }) => ({ issued: 2, parent: 1, updated_at: clock.now() }),
  },
  {
    name: 'row 12: never seen while it was fresh',
    arrange: async (test) => {
      const [, token] = await renewed(test)
      test.clock.advance(EXPIRED)
      return token
    },
    expected: 'renew',
    changes: ({ clock }) => ({ issued: 2, seen: 1, floor: 1, parent: 1, updated_at: clock.now() }),
  },
  {
    name: 'row 12: an elder sibling, which abandons the younger',
    arrange: async (test) => {
      const [elder] = await siblings(test)
      test.clock.advance(EXPIRED)
      return elder
    },
    expected: 'renew',
    changes: ({ clock }) => ({ issued: 3, seen: 1, floor: 2, parent: 1, updated_at: clock.now() }),
  },
  {
    name: 'row 12: a generation beyond issued',
    arrange: async (test) => reforge(await expired(test), { payload: { gen: 7 } }),
    expected: 'renew',
    changes: ({ clock }) => ({ issued: 8, seen: 7, floor: 7, parent: 7, updated_at: clock.now() }),
  },
  {
    name: 'row 12: from a newer version of the browser, which is recorded',
    arrange: expired,
    userAgent: CHROME_NEWER,
    expected: 'renew',
    changes: ({ clock }) => ({ issued: 1, parent: 0, updated_at: clock.now(), last_user_agent_id: 2 }),
  },
  {
    name: 'row 13: superseded, after its successor was seen',
    arrange: async (test) => {
      const [old, token] = await renewed(test)
      await used(test, token)
      test.clock.advance(MINUTE)
      return old
    },
    expected: { code: 'token_reused' },
    changes: ({ clock }) => ({ valid: 0, revoked_at: clock.now(), revoked_reason: 'reuse' }),
  },
  {
    name: 'row 13: an abandoned sibling, after it expired',
    arrange: async (test) => {
      const [elder, younger] = await siblings(test)
      await used(test, younger)
      test.clock.advance(EXPIRED)
      return elder
    },
    expected: { code: 'token_reused' },
    changes: ({ clock }) => ({ valid: 0, revoked_at: clock.now(), revoked_reason: 'reuse' }),
  },
]

describe('every row of the protocol over HTTP', () => {
  it.each(CASES)('$name', async ({ options = {}, arrange, userAgent, expected, changes }) => {
    const test = await testApp({ options })
    const token = await arrange(test)
    const before = rowOf(test, token)
    const sent = test.get('/whoami', token)
    const response = await (userAgent === undefined ? sent : sent.set('User-Agent', userAgent))

    if (typeof expected === 'string') {
      expect(response.status).toBe(200)
      expect(response.body).toMatchObject({ userId: 'ada', renewed: expected === 'renew' })
      expect(tokenOf(response) !== undefined).toBe(expected === 'renew')
      expect(response.headers['www-authenticate']).toBeUndefined()
    } else {
      expect(response.body).toMatchObject({ code: expected.code, status: 401 })
      expect(response.status).toBe(401)
      expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8')
      expect(response.headers['www-authenticate']).toBe(expected.challenge ?? INVALID_TOKEN)
      expect(tokenOf(response)).toBeUndefined()
    }
    const after = before && { ...before, ...changes?.(test) }
    await expect.poll(() => rowOf(test, token)).toEqual(after)
  })

  function rowOf(test: TestApp, token: string | undefined) {
    return token?.includes('.') ? test.row(token) : undefined
  }
})

describe('a renewed token', () => {
  it('is one generation on, fresh for tokenTtl from now, with the same session and login time', async () => {
    const test = await testApp()
    const [old, token] = await renewed(test)
    const [before, after] = [decode(old), decode(token)]
    expect(after).toEqual({
      ...before,
      gen: 1,
      iat: test.clock.now() / 1000,
      exp: (test.clock.now() + TTL) / 1000,
    })
    const { body } = await test.get('/whoami', token)
    expect(body).toEqual({
      userId: 'ada',
      jti: before['jti'],
      claims: { role: 'user' },
      authTime: (before['auth_time'] as number) * 1000,
      renewed: false,
    })
  })

  it('never outlives its session', async () => {
    const test = await testApp({ options: { maxAge: '20m' } })
    const token = await test.login()
    const { auth_time: login } = decode(token)
    test.clock.advance(19 * MINUTE)
    expect(decode(await renew(test, token))['exp']).toBe((login as number) + 20 * 60)
  })

  it('keeps milliseconds, where lifetimes have them', async () => {
    const test = await testApp({ options: { tokenTtl: '1500ms', grace: '100ms' } })
    const token = await test.login()
    test.clock.advance(1_499)
    expect(tokenOf(await test.get('/whoami', token).expect(200))).toBeUndefined()
    test.clock.advance(1)
    const successor = await renew(test, token)
    expect(decode(successor)['exp']).toBe((test.clock.now() + 1_500) / 1000)
  })

  it('within the leeway there is none: the old one still counts as fresh', async () => {
    const test = await testApp({ options: { leeway: '10s' } })
    const token = await test.login()
    test.clock.advance(TTL + 10 * SECOND - 1)
    expect(tokenOf(await test.get('/whoami', token).expect(200))).toBeUndefined()
    test.clock.advance(1)
    await renew(test, token)
  })

  it('comes early where renewBefore says so, and the old one goes on', async () => {
    const test = await testApp({ options: { renewBefore: '5m' } })
    const token = await test.login()
    test.clock.advance(10 * MINUTE + 1)
    const successor = await renew(test, token)
    expect(tokenOf(await test.get('/whoami', token).expect(200))).toBeUndefined()
    test.clock.advance(2 * MINUTE)
    await used(test, successor)
    expect(tokenOf(await test.get('/whoami', token).expect(200))).toBeUndefined()
    expect(test.row(token)).toMatchObject({ issued: 1, seen: 1, floor: 1, parent: 0, valid: 1 })
  })
})
