import { describe, expect, it } from 'vitest'
import { ConfigurationError, generateKey, type SessionStore, type SigningJwk } from '../../src/index.ts'
import { type TestApp, type TestAppOptions, testApp, tokenOf } from '../support/app.ts'
import { jwkOf } from '../support/keys.ts'
import { HOUR, MINUTE, T0 } from '../support/records.ts'
import { gate } from '../support/stores.ts'

const OLD = jwkOf('HS256', { kid: 'old' })
const NEW = jwkOf('ES256', { kid: 'new' })

function appWith(keys: readonly SigningJwk[], more: TestAppOptions = {}): Promise<TestApp> {
  return testApp({ ...more, options: { secret: undefined, keys: { keys } } })
}

function kidOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid
}

describe('useKeys', () => {
  it('rotates: old tokens are good until their key is gone, and then are refused on the very next request', async () => {
    const app = await appWith([OLD])
    const token = await app.login()
    await app.get('/whoami', token).expect(200)

    app.sessions.useKeys({ keys: [OLD, NEW] })
    await app.get('/whoami', token).expect(200)
    expect(kidOf(await app.login())).toBe('new')

    app.sessions.useKeys({ keys: [NEW] })
    const refused = await app.get('/whoami', token).expect(401)
    expect(refused.body.code).toBe('token_invalid')
  })

  it('takes back an expired token in the key of the day', async () => {
    const app = await appWith([OLD])
    const token = await app.login()
    app.sessions.useKeys({ keys: [OLD, NEW] })
    app.clock.advance(16 * MINUTE)
    const renewed = tokenOf(await app.get('/whoami', token).expect(200)) ?? ''
    expect(kidOf(renewed)).toBe('new')
    await app.get('/whoami', renewed).expect(200)
  })

  it('signs with a key from its start time on, by the clock alone', async () => {
    const app = await appWith([OLD, { ...NEW, starts: new Date(T0 + HOUR).toISOString() }])
    expect(kidOf(await app.login())).toBe('old')
    app.clock.advance(HOUR)
    expect(kidOf(await app.login())).toBe('new')
  })

  it('changes nothing where the keys cannot be used', async () => {
    const app = await appWith([OLD])
    const token = await app.login()
    for (const keys of [[], [{ ...NEW, alg: 'none' }], [NEW, NEW]]) {
      expect(() => app.sessions.useKeys({ keys: keys as SigningJwk[] })).toThrow(ConfigurationError)
    }
    await app.get('/whoami', token).expect(200)
  })

  it('takes no key that a resource server has, too', async () => {
    const shared = 'a key that is shared with orders, of 32 bytes'
    const app = await testApp({
      options: { secret: undefined, keys: { keys: [OLD] }, resources: { orders: shared } },
    })
    const token = await app.login()
    const k = Buffer.from(shared).toString('base64url')
    const act = () => app.sessions.useKeys({ keys: [OLD, { kty: 'oct', alg: 'HS256', kid: 'shared', k }] })
    expect(act).toThrow(ConfigurationError)
    expect(act).toThrow('resources: got a key that signs tokens, takes keys for nothing else')
    await app.get('/whoami', token).expect(200)
    expect(kidOf(await app.login())).toBe('old')
  })

  it('believes no token that was signed by a key that went while the answer was on its way', async () => {
    const renewal = gate()
    const wrap = (store: SessionStore): SessionStore => ({
      peek: (jti) => store.peek(jti),
      find: (jti) => store.find(jti),
      create: (record) => store.create(record),
      markSeen: (jti, gen) => store.markSeen(jti, gen),
      revoke: (target, reason, at) => store.revoke(target, reason, at),
      list: (userId) => store.list(userId),
      prune: (ended, now) => store.prune(ended, now),
      close: () => store.close(),
      renew: async (renewed) => {
        await renewal.wait()
        return store.renew(renewed)
      },
    })
    const app = await appWith([OLD], { wrap })
    const token = await app.login()
    app.clock.advance(16 * MINUTE)
    const answer = app.get('/whoami', token).then((response) => response)
    await renewal.reached
    app.sessions.useKeys({ keys: [NEW] })
    renewal.open()
    const renewed = tokenOf(await answer) ?? ''
    expect(kidOf(renewed)).toBe('old')
    const refused = await app.get('/whoami', renewed).expect(401)
    expect(refused.body.code).toBe('token_invalid')
  })

  it('takes the place of a secret, too', async () => {
    const app = await testApp()
    const token = await app.login()
    app.sessions.useKeys({ keys: [generateKey('ES256')] })
    const refused = await app.get('/whoami', token).expect(401)
    expect(refused.body.code).toBe('token_invalid')
  })
})
