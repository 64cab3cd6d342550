import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type TestApp, testApp, tokenOf } from '../support/app.ts'
import { clockAt } from '../support/clock.ts'
import { temporaryDatabase } from '../support/files.ts'
import { decode } from '../support/forge.ts'
import { MINUTE } from '../support/records.ts'
import { gate, hookStore } from '../support/stores.ts'

const EXPIRED = 16 * MINUTE

async function expired(test: TestApp): Promise<string> {
  const token = await test.login()
  test.clock.advance(EXPIRED)
  return token
}

/** Fifty requests at once, shared out among apps. */
async function fifty(apps: readonly TestApp[], token: string) {
  const one = (_: unknown, index: number) => apps[index % apps.length]?.get('/whoami', token)
  const responses = await Promise.all(Array.from({ length: 50 }, one))
  return {
    statuses: new Set(responses.map((response) => response?.status)),
    tokens: responses.flatMap((response) => (response && tokenOf(response)) ?? []),
    renewed: responses.filter((response) => response?.body.renewed === true).length,
  }
}

describe('parallel requests with one expired token', () => {
  it('all get their answer, one renewal is written, one answer has the new token', async () => {
    const test = await testApp()
    const token = await expired(test)
    const { statuses, tokens, renewed } = await fifty([test], token)
    expect(statuses).toEqual(new Set([200]))
    expect(tokens.map((successor) => decode(successor)['gen'])).toEqual([1])
    expect(renewed).toBe(1)
    expect(test.row(token)).toMatchObject({ issued: 1, seen: 0, floor: 0, parent: 0 })
    expect(test.events.filter(({ name }) => name === 'session.renewed')).toHaveLength(1)
  })

  it('each get a token of their own where there is no grace, however many lose the race again and again', async () => {
    const all = gate()
    let waiting = 0
    const loadClaims = async () => {
      waiting += 1
      if (waiting === 51) all.open()
      // The first call is the login's.
      if (waiting > 1) await all.opened
      return { role: 'user' }
    }
    const test = await testApp({ options: { grace: 0, loadClaims } })
    const token = await expired(test)
    const { statuses, tokens } = await fifty([test], token)
    expect(statuses).toEqual(new Set([200]))
    expect(new Set(tokens).size).toBe(50)
  })

  it('so they do where the host is slow to answer', async () => {
    const loadClaims = async () => {
      for (let turn = 0; turn < 20; turn += 1) await setImmediate()
      return { role: 'user' }
    }
    const test = await testApp({ options: { loadClaims } })
    const token = await expired(test)
    const { statuses, tokens } = await fifty([test], token)
    expect(statuses).toEqual(new Set([200]))
    expect(tokens).toHaveLength(1)
  })

  it('so they do where the store waits at every step', async () => {
    const test = await testApp({ wrap: (store) => hookStore(store, () => setImmediate()) })
    const token = await expired(test)
    const { statuses, tokens } = await fifty([test], token)
    expect(statuses).toEqual(new Set([200]))
    expect(tokens).toHaveLength(1)
    expect(test.row(token)).toMatchObject({ issued: 1, parent: 0 })
  })

  it('so they do where two processes share one database', async () => {
    const [path, clock] = [temporaryDatabase(), clockAt()]
    const apps = [await testApp({ path, clock }), await testApp({ path, clock })] as const
    const token = await expired(apps[0])
    const { statuses, tokens } = await fifty(apps, token)
    expect(statuses).toEqual(new Set([200]))
    expect(tokens).toHaveLength(1)
    expect(apps[1].row(token)).toMatchObject({ issued: 1, parent: 0 })
  })

  it('so they do with a token that is renewed early', async () => {
    const test = await testApp({ options: { renewBefore: '5m' } })
    const token = await test.login()
    test.clock.advance(12 * MINUTE)
    const { statuses, tokens } = await fifty([test], token)
    expect(statuses).toEqual(new Set([200]))
    expect(tokens).toHaveLength(1)
  })

  it('so they do once more after an answer was lost and grace is over', async () => {
    const test = await testApp()
    const token = await expired(test)
    await fifty([test], token)
    test.clock.advance(MINUTE)
    const { statuses, tokens } = await fifty([test], token)
    expect(statuses).toEqual(new Set([200]))
    expect(tokens.map((successor) => decode(successor)['gen'])).toEqual([2])
  })
})

describe('a renewal that races', () => {
  it('a revocation that commits first wins', async () => {
    const renewal = gate()
    const test = await testApp({
      wrap: (store) => hookStore(store, (method) => (method === 'renew' ? renewal.wait() : undefined)),
    })
    const token = await expired(test)
    const answer = test.get('/whoami', token).then((response) => response)
    await renewal.reached
    expect(await test.sessions.revokeAll('ada')).toEqual({ revoked: 1 })
    renewal.open()
    const response = await answer
    expect(response.body).toMatchObject({ code: 'session_revoked' })
    expect(response.status).toBe(401)
    expect(tokenOf(response)).toBeUndefined()
    expect(test.row(token)).toMatchObject({ valid: 0, issued: 0, parent: null })
  })

  it('a revocation while the host is asked for claims wins, too', async () => {
    const answered = gate()
    let isSlow = false
    const loadClaims = async () => {
      if (isSlow) await answered.wait()
      return {}
    }
    const test = await testApp({ options: { loadClaims } })
    const token = await expired(test)
    isSlow = true
    const answer = test.get('/whoami', token).then((response) => response)
    await answered.reached
    await test.sessions.revokeAll('ada')
    answered.open()
    expect((await answer).body).toMatchObject({ code: 'session_revoked' })
  })

  it('a revocation that commits after it refuses the new token', async () => {
    const test = await testApp()
    const token = await expired(test)
    const successor = tokenOf(await test.get('/whoami', token)) ?? ''
    await test.sessions.revokeAll('ada')
    const response = await test.get('/whoami', successor)
    expect(response.body).toMatchObject({ code: 'session_revoked' })
  })

  it('another renewal, which was written first: it passes without a token, and asks no third time', async () => {
    const first = gate()
    let renewals = 0
    const test = await testApp({
      wrap: (store) =>
        hookStore(store, (method) => {
          if (method !== 'renew') return undefined
          renewals += 1
          return renewals === 1 ? first.wait() : undefined
        }),
    })
    const token = await expired(test)
    const slow = test.get('/whoami', token).then((response) => response)
    await first.reached
    const fast = await test.get('/whoami', token).expect(200)
    expect(tokenOf(fast)).toBeDefined()
    first.open()
    expect(tokenOf(await slow)).toBeUndefined()
    expect((await slow).body).toMatchObject({ renewed: false })
    expect(renewals).toBe(2)
  })

  it('the first use of the lost successor, which was written first: the old token is superseded then', async () => {
    const second = gate()
    let isGated = false
    const test = await testApp({
      wrap: (store) =>
        hookStore(store, (method) => (method === 'renew' && isGated ? second.wait() : undefined)),
    })
    const token = await expired(test)
    const successor = tokenOf(await test.get('/whoami', token)) ?? ''
    test.clock.advance(MINUTE)
    isGated = true
    const answer = test.get('/whoami', token).then((response) => response)
    await second.reached
    await test.get('/whoami', successor).expect(200)
    second.open()
    expect((await answer).body).toMatchObject({ code: 'token_reused' })
  })
})

describe('an answer that was lost', () => {
  it('is made good after grace by a sibling, and then ends the session where it turns up again', async () => {
    const test = await testApp()
    const token = await expired(test)
    const lost = tokenOf(await test.get('/whoami', token)) ?? ''
    test.clock.advance(MINUTE)
    const sibling = tokenOf(await test.get('/whoami', token)) ?? ''
    expect([lost, sibling].map((successor) => decode(successor)['gen'])).toEqual([1, 2])
    await test.get('/whoami', sibling).expect(200)
    await test.get('/whoami', lost).expect(200)
    test.clock.advance(EXPIRED)
    const last = tokenOf(await test.get('/whoami', sibling).expect(200)) ?? ''
    const reused = await test.get('/whoami', lost)
    expect(reused.body).toMatchObject({ code: 'token_reused' })
    for (const held of [token, lost, sibling, last]) {
      expect((await test.get('/whoami', held)).body).toMatchObject({ code: 'session_revoked' })
    }
    expect(test.row(token)).toMatchObject({ valid: 0, revoked_reason: 'reuse' })
  })

  it('may be lost again and again', async () => {
    const test = await testApp()
    const token = await expired(test)
    for (let gen = 1; gen <= 20; gen += 1) {
      const successor = tokenOf(await test.get('/whoami', token).expect(200)) ?? ''
      expect(decode(successor)['gen']).toBe(gen)
      test.clock.advance(MINUTE)
    }
  })
})
