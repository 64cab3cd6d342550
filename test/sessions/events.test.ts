import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type TestApp, testApp, tokenOf } from '../support/app.ts'
import { decode } from '../support/forge.ts'
import { MINUTE, newJti, T0 } from '../support/records.ts'
import { CHROME, CHROME_NEWER, FIREFOX } from '../support/user-agents.ts'

const EXPIRED = 16 * MINUTE

function keyOf(token: string): unknown {
  return decode(token)['jti']
}

/** The app's events since the login. */
function eventsOf({ events }: TestApp) {
  return events.filter(({ name }) => name !== 'session.started')
}

async function expired(test: TestApp): Promise<string> {
  const token = await test.login()
  test.clock.advance(EXPIRED)
  return token
}

describe('events', () => {
  it('session.started', async () => {
    const test = await testApp()
    const token = await test.login()
    expect(test.events).toEqual([
      {
        name: 'session.started',
        event: { at: T0, userId: 'ada', jti: keyOf(token), ip: '127.0.0.1', userAgent: CHROME },
      },
    ])
  })

  it('session.renewed, session.graced for a parallel request, and none for what passes', async () => {
    const test = await testApp()
    const token = await expired(test)
    const renewed = await test.get('/whoami', token).set('User-Agent', CHROME_NEWER)
    await test.get('/whoami', token)
    await test.get('/whoami', tokenOf(renewed))
    const event = { at: T0 + EXPIRED, userId: 'ada', jti: keyOf(token) }
    expect(eventsOf(test)).toEqual([
      { name: 'session.renewed', event: { ...event, gen: 1 } },
      { name: 'session.graced', event: { ...event, gen: 0 } },
    ])
  })

  it('session.moved, from the address of the last renewal', async () => {
    const test = await testApp({ before: (app) => app.set('trust proxy', 1) })
    const token = await test.login('ada', { 'X-Forwarded-For': '192.0.2.1' })
    test.clock.advance(EXPIRED)
    const first = await test.get('/whoami', token).set('X-Forwarded-For', '2001:DB8::7').expect(200)
    const moved = {
      name: 'session.moved',
      event: expect.objectContaining({ from: '192.0.2.1', to: '2001:db8::7' }),
    }
    expect(eventsOf(test)[1]).toEqual(moved)
    expect(test.row(token)).toMatchObject({ ip: '192.0.2.1', last_ip: '2001:db8::7' })
    test.clock.advance(EXPIRED)
    const second = await test
      .get('/whoami', tokenOf(first))
      .set('X-Forwarded-For', '2001:db8:0::7')
      .expect(200)
    expect(eventsOf(test)).toHaveLength(3)
    test.clock.advance(EXPIRED)
    await test.get('/whoami', tokenOf(second)).set('X-Forwarded-For', '::ffff:192.0.2.1').expect(200)
    expect(eventsOf(test)[4]).toMatchObject({
      name: 'session.moved',
      event: { from: '2001:db8::7', to: '192.0.2.1' },
    })
  })

  it('session.refused, with its code and where it came from', async () => {
    const test = await testApp()
    const token = await expired(test)
    await test.get('/whoami', token).set('User-Agent', FIREFOX)
    expect(eventsOf(test)).toEqual([
      {
        name: 'session.refused',
        event: {
          at: T0 + EXPIRED,
          userId: 'ada',
          jti: keyOf(token),
          code: 'fingerprint_mismatch',
          ip: '127.0.0.1',
        },
      },
    ])
  })

  it('none for requests that carry no right token, which anybody can send', async () => {
    const test = await testApp()
    await test.get('/whoami')
    await test.get('/whoami', 'abc')
    await test.get('/whoami', `${(await test.login()).slice(0, -4)}AAAA`)
    expect(eventsOf(test)).toEqual([])
  })

  it('session.reused, beside the revocation and the refusal', async () => {
    const test = await testApp()
    const token = await expired(test)
    const successor = tokenOf(await test.get('/whoami', token)) ?? ''
    await test.get('/whoami', successor)
    test.clock.advance(MINUTE)
    test.events.length = 0
    await test.get('/whoami', token)
    const [at, jti] = [test.clock.now(), keyOf(token)]
    expect(test.events).toEqual([
      {
        name: 'session.revoked',
        event: { at, userId: 'ada', jti, count: 1, reason: 'reuse', ip: '127.0.0.1' },
      },
      {
        name: 'session.reused',
        event: { at, userId: 'ada', jti, gen: 0, ip: '127.0.0.1', userAgent: CHROME },
      },
      { name: 'session.refused', event: { at, userId: 'ada', jti, code: 'token_reused', ip: '127.0.0.1' } },
    ])
  })

  it('session.revoked for one session, once', async () => {
    const test = await testApp()
    const jti = String(keyOf(await test.login()))
    expect(await test.sessions.revoke(jti, { reason: 'admin' })).toBe(true)
    expect(await test.sessions.revoke(jti)).toBe(false)
    expect(await test.sessions.revoke(newJti())).toBe(false)
    expect(eventsOf(test)).toEqual([
      { name: 'session.revoked', event: { at: T0, userId: 'ada', jti, count: 1, reason: 'admin' } },
    ])
  })

  it('session.revoked for several sessions, and none where there was nothing to revoke', async () => {
    const test = await testApp()
    for (let time = 0; time < 3; time += 1) await test.login()
    await test.sessions.revokeAll('ada', { reason: 'password_changed' })
    await test.sessions.revokeAll('ada')
    await test.sessions.revokeAll('nobody')
    expect(eventsOf(test)).toEqual([
      {
        name: 'session.revoked',
        event: { at: T0, userId: 'ada', jti: undefined, count: 3, reason: 'password_changed' },
      },
    ])
  })

  it('carry no token, in whatever happens', async () => {
    const test = await testApp({ options: { maxSessionsPerUser: 1 } })
    const tokens = [await expired(test)]
    tokens.push(tokenOf(await test.get('/whoami', tokens[0])) ?? '')
    await test.get('/whoami', tokens[1])
    test.clock.advance(MINUTE)
    await test.get('/whoami', tokens[0])
    tokens.push(await test.login(), await test.login())
    await test.sessions.revokeAll('ada')
    await test.get('/whoami', tokens[3])
    const told = JSON.stringify(test.events)
    expect(new Set(test.events.map(({ name }) => name)).size).toBeGreaterThan(3)
    for (const token of tokens) {
      expect(told).not.toContain(token)
      expect(told).not.toContain(token.split('.')[2])
    }
  })
})

describe('a listener', () => {
  function warnings() {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    onTestFinished(() => emitWarning.mockRestore())
    return emitWarning
  }

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken listener')
      },
      'broken listener',
    ],
    [
      'throws nothing',
      () => {
        throw undefined
      },
      'undefined',
    ],
    [
      'throws a text',
      () => {
        throw 'broken'
      },
      'broken',
    ],
    [
      'rejects',
      async () => {
        throw new Error('broken promise')
      },
      'broken promise',
    ],
  ])('that %s breaks nothing, neither the request nor the others', async (_, listener, message) => {
    const emitWarning = warnings()
    const test = await testApp()
    const heard: string[] = []
    test.sessions.on('session.renewed', listener)
    test.sessions.on('session.renewed', ({ jti }) => heard.push(jti))
    const token = await expired(test)
    expect(tokenOf(await test.get('/whoami', token).expect(200))).toBeDefined()
    expect(heard).toEqual([keyOf(token)])
    expect(emitWarning).toHaveBeenCalledExactlyOnceWith(`A listener of session.renewed threw: ${message}`)
  })

  it('can be taken off, and be added twice over', async () => {
    const test = await testApp()
    const heard: string[] = []
    const listener = ({ userId }: { userId: string }) => heard.push(userId)
    expect(test.sessions.on('session.started', listener)).toBe(test.sessions)
    test.sessions.on('session.started', listener)
    await test.login()
    expect(heard).toEqual(['ada', 'ada'])
    test.sessions.off('session.started', listener).off('session.started', listener)
    await test.login()
    expect(heard).toEqual(['ada', 'ada'])
  })

  it('that takes itself off while it listens leaves the others their turn', async () => {
    const test = await testApp()
    const heard: number[] = []
    const once = () => {
      heard.push(1)
      test.sessions.off('session.started', once)
    }
    test.sessions.on('session.started', once).on('session.started', () => heard.push(2))
    await test.login()
    await test.login()
    expect(heard).toEqual([1, 2, 2])
  })
})
