import { describe, expect, it } from 'vitest'
import type { SessionStore, SlidingSessionOptions } from '../../src/index.ts'
import { type TestApp, testApp, tokenOf } from '../support/app.ts'
import { MINUTE, SECOND } from '../support/records.ts'
import { gate, hookStore } from '../support/stores.ts'

const EXPIRED = 16 * MINUTE
const DISK_FULL = new Error('disk full at /var/lib/secret')

type Method = keyof SessionStore

/** An app whose store fails in the methods that a test puts into `broken`. */
async function failingApp(options: Partial<SlidingSessionOptions> = {}) {
  const broken = new Set<Method>()
  const test = await testApp({
    options,
    wrap: (store) =>
      hookStore(store, (method) => {
        if (broken.has(method)) throw DISK_FULL
      }),
    before(app, sessions) {
      app.get('/strict', sessions.authenticate({ strict: true }), (req, res) => {
        res.json(req.auth)
      })
      app.use('/mounted', sessions.routes())
    },
  })
  return { test, broken }
}

async function expectUnavailable(test: TestApp, path: string, token?: string): Promise<void> {
  const response = await test.get(path, token)
  expect(response.body).toMatchObject({ code: 'unavailable', status: 503 })
  expect(response.status).toBe(503)
  expect(response.headers['retry-after']).toBe('1')
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  expect(response.headers['www-authenticate']).toBeUndefined()
  expect(response.text).not.toContain('disk')
  expect(tokenOf(response)).toBeUndefined()
}

const ALL: readonly Method[] = ['peek', 'find', 'create', 'renew', 'markSeen', 'revoke', 'list', 'prune']

describe('a store that fails closes the door', () => {
  it('for a fresh token', async () => {
    const { test, broken } = await failingApp()
    const token = await test.login()
    for (const method of ALL) broken.add(method)
    await expectUnavailable(test, '/whoami', token)
    await expectUnavailable(test, '/strict', token)
    broken.clear()
    await test.get('/whoami', token).expect(200)
  })

  it('for an expired token, which is renewed as soon as it answers again', async () => {
    const { test, broken } = await failingApp()
    const token = await test.login()
    test.clock.advance(EXPIRED)
    for (const method of ALL) broken.add(method)
    await expectUnavailable(test, '/whoami', token)
    broken.clear()
    expect(tokenOf(await test.get('/whoami', token).expect(200))).toBeDefined()
  })

  it('where only the renewal fails: no token, no answer, and nothing is lost', async () => {
    const { test, broken } = await failingApp()
    const token = await test.login()
    test.clock.advance(EXPIRED)
    const before = test.row(token)
    broken.add('renew')
    await expectUnavailable(test, '/whoami', token)
    expect(test.row(token)).toEqual(before)
    expect(test.events.map(({ name }) => name)).not.toContain('session.renewed')
    broken.clear()
    expect(tokenOf(await test.get('/whoami', token).expect(200))).toBeDefined()
  })

  it('where a reused token cannot be revoked: it is not let in either', async () => {
    const { test, broken } = await failingApp()
    const token = await test.login()
    test.clock.advance(EXPIRED)
    const successor = tokenOf(await test.get('/whoami', token)) ?? ''
    await test.get('/whoami', successor).expect(200)
    test.clock.advance(MINUTE)
    broken.add('revoke')
    await expectUnavailable(test, '/whoami', token)
    broken.clear()
    expect((await test.get('/whoami', token)).body).toMatchObject({ code: 'token_reused' })
  })

  it.each(['create', 'list'] as const)('for a login, where %s fails', async (method) => {
    const { test, broken } = await failingApp({ maxSessionsPerUser: 3 })
    broken.add(method)
    const response = await test.send('post', '/login/ada')
    expect(response.body).toMatchObject({ code: 'unavailable' })
    expect(response.headers['retry-after']).toBe('1')
    expect(tokenOf(response)).toBeUndefined()
  })

  it('for the routes of the device list', async () => {
    const { test, broken } = await failingApp()
    const token = await test.login()
    broken.add('list')
    await expectUnavailable(test, '/mounted/me/sessions', token)
    broken.add('revoke')
    const response = await test.send('post', '/mounted/logout', token)
    expect(response.body).toMatchObject({ code: 'unavailable' })
    expect(test.row(token)).toMatchObject({ valid: 1 })
  })

  it('where a first use cannot be recorded, the request passes, as it is the next one’s turn', async () => {
    const { test, broken } = await failingApp()
    const token = await test.login()
    test.clock.advance(EXPIRED)
    const successor = tokenOf(await test.get('/whoami', token)) ?? ''
    broken.add('markSeen')
    await test.get('/whoami', successor).expect(200)
    expect(test.row(token)).toMatchObject({ seen: 0, floor: 0 })
    broken.clear()
    await test.get('/whoami', successor).expect(200)
    await expect.poll(() => test.row(token)).toMatchObject({ seen: 1, floor: 1 })
  })

  it('where memory alone fails, the database is asked', async () => {
    const { test, broken } = await failingApp()
    const token = await test.login()
    broken.add('peek')
    await test.get('/whoami', token).expect(200)
    await test.sessions.revokeAll('ada')
    expect((await test.get('/whoami', token)).body).toMatchObject({ code: 'session_revoked' })
  })

  it('where others are faster again and again: it gives up, and nobody is let in', async () => {
    let renewals = 0
    const test = await testApp({
      wrap: (store) => ({
        ...hookStore(store, () => undefined),
        async renew() {
          renewals += 1
          return false
        },
      }),
    })
    const token = await test.login()
    test.clock.advance(EXPIRED)
    await expectUnavailable(test, '/whoami', token)
    expect(renewals).toBe(1_001) // one by what memory knew
    expect(test.row(token)).toMatchObject({ issued: 0, valid: 1 })
  })

  it.each(['renew', 'find'] as const)(
    'but not for a fresh token, where %s fails in an early renewal',
    async (method) => {
      const { test, broken } = await failingApp({ renewBefore: '5m' })
      const token = await test.login()
      test.clock.advance(12 * MINUTE)
      broken.add('renew')
      broken.add(method)
      const response = await test.get('/whoami', token).expect(200)
      expect(response.body).toMatchObject({ userId: 'ada', renewed: false })
      expect(tokenOf(response)).toBeUndefined()
      broken.clear()
      expect(tokenOf(await test.get('/whoami', token).expect(200))).toBeDefined()
    },
  )

  it('for a fresh token whose user is gone, as an early renewal finds out', async () => {
    const users = new Set(['ada'])
    const loadClaims = (userId: string) => (users.has(userId) ? { role: 'user' } : null)
    const { test, broken } = await failingApp({ renewBefore: '5m', loadClaims })
    const token = await test.login()
    users.clear()
    test.clock.advance(12 * MINUTE)
    broken.add('revoke')
    await expectUnavailable(test, '/whoami', token)
    broken.clear()
    expect((await test.get('/whoami', token)).body).toMatchObject({ code: 'user_disabled' })
  })

  it('but not where the host fails to answer for an early renewal', async () => {
    let isDown = false
    const loadClaims = () => {
      if (isDown) throw new Error('no users')
      return { role: 'user' }
    }
    const test = await testApp({ options: { loadClaims, renewBefore: '5m' } })
    const token = await test.login()
    isDown = true
    test.clock.advance(12 * MINUTE)
    await test.get('/whoami', token).expect(200)
    test.clock.advance(4 * MINUTE)
    await test.get('/whoami', token).expect(500)
  })

  it('but not for what needs no store', async () => {
    const { test, broken } = await failingApp()
    for (const method of ALL) broken.add(method)
    expect((await test.get('/whoami')).body).toMatchObject({ code: 'token_missing' })
    expect((await test.get('/whoami', 'abc')).body).toMatchObject({ code: 'token_malformed' })
  })

  it('and tells of it by an event', async () => {
    const { test, broken } = await failingApp()
    const token = await test.login()
    for (const method of ALL) broken.add(method)
    await test.get('/whoami', token)
    const failures = test.events.filter(({ name }) => name === 'store.failed')
    expect(failures).toEqual([{ name: 'store.failed', event: { at: test.clock.now(), error: DISK_FULL } }])
  })

  it('pruning in the background does not mind; pruning by hand does', async () => {
    const { test, broken } = await failingApp()
    broken.add('prune')
    await expect(test.sessions.prune()).rejects.toMatchObject({ code: 'unavailable', cause: DISK_FULL })
  })
})

it('what a close cuts off is no failure of the database', async () => {
  const { opened, reached, wait, open } = gate()
  const test = await testApp({
    wrap: (store) => hookStore(store, (method) => (method === 'prune' ? wait() : undefined)),
  })
  const pruning = test.sessions.prune()
  await reached
  await test.sessions.close()
  test.sqlite.close()
  open()
  await opened
  await expect(pruning).rejects.toMatchObject({ code: 'unavailable' })
  expect(test.events).toEqual([])
})

describe('onStoreFailure: pass-fresh', () => {
  const passFresh = (options: Partial<SlidingSessionOptions> = {}) =>
    failingApp({ onStoreFailure: 'pass-fresh', ...options })

  it('lets fresh tokens pass unchecked, among them revoked ones of which memory does not know', async () => {
    const { test, broken } = await passFresh()
    const token = await test.login()
    await test.sessions.revokeAll('ada')
    for (const method of ALL) broken.add(method)
    const response = await test.get('/whoami', token).expect(200)
    expect(response.body).toMatchObject({ userId: 'ada', claims: { role: 'user' }, renewed: false })
    expect(tokenOf(response)).toBeUndefined()
    broken.clear()
    expect((await test.get('/whoami', token)).body).toMatchObject({ code: 'session_revoked' })
  })

  it('but not those that memory knows to be revoked', async () => {
    const { test, broken } = await passFresh()
    const token = await test.login()
    await test.sessions.revokeAll('ada')
    broken.add('find')
    await expectUnavailable(test, '/whoami', token)
  })

  it('and no others: expired ones, strict routes, forged ones', async () => {
    const { test, broken } = await passFresh()
    const token = await test.login()
    for (const method of ALL) broken.add(method)
    await expectUnavailable(test, '/strict', token)
    expect((await test.get('/whoami', `${token.slice(0, -4)}AAAA`)).body).toMatchObject({
      code: 'token_invalid',
    })
    test.clock.advance(15 * MINUTE)
    await expectUnavailable(test, '/whoami', token)
  })

  it('counts a token as fresh within the leeway, as everywhere', async () => {
    const { test, broken } = await passFresh({ leeway: '10s' })
    const token = await test.login()
    for (const method of ALL) broken.add(method)
    test.clock.advance(15 * MINUTE + 10 * SECOND - 1)
    await test.get('/whoami', token).expect(200)
    test.clock.advance(1)
    await expectUnavailable(test, '/whoami', token)
  })

  it('checks while the store answers', async () => {
    const { test } = await passFresh()
    const token = await test.login()
    await test.sessions.revokeAll('ada')
    expect((await test.get('/whoami', token)).body).toMatchObject({ code: 'session_revoked' })
  })

  it('lets a fresh token pass where an early renewal fails', async () => {
    const { test, broken } = await passFresh({ renewBefore: '5m' })
    const token = await test.login()
    test.clock.advance(12 * MINUTE)
    for (const method of ALL) broken.add(method)
    await test.get('/whoami', token).expect(200)
  })
})
