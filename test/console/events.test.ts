import { describe, expect, it } from 'vitest'
import { EVENT_KINDS, describe as tell, toneOf } from '../../src/console/words/events.ts'
import { REVOCATION_REASONS } from '../../src/protocol/types.ts'
import { EVENT_TYPES } from '../../src/server/audit.ts'

const NAMES = { a: 'ada', r: 'root' }

function event(type: string, detail: Record<string, unknown> = {}, changes: object = {}) {
  const at = '2026-11-24T10:00:00.000Z'
  return { id: 1, at, type, userId: 'a', actorId: null, jti: null, ip: '192.0.2.1', detail, ...changes }
}

describe('an event as a sentence', () => {
  it('there is one for each kind, and each kind can be chosen', () => {
    expect(Object.keys(EVENT_KINDS)).toEqual([...EVENT_TYPES])
    for (const type of EVENT_TYPES) expect(tell(event(type), NAMES)).not.toContain(type)
  })

  it.each(REVOCATION_REASONS)('there is one for the reason %s', (reason) => {
    const words = tell(event('session.revoked', { reason, count: 2 }, { actorId: 'r' }), NAMES)
    expect(words).toContain('ada')
    expect(words).not.toMatch(/undefined|_/)
  })

  const [byAda, byRoot] = [{ actorId: 'a' }, { actorId: 'r' }]
  it.each([
    [event('login.succeeded'), 'ada signed in'],
    [event('login.failed', { username: 'ada', route: 'POST /login' }), 'A sign-in as “ada” failed'],
    [
      event('login.failed', { route: 'POST /login' }, { userId: null }),
      'A sign-in with an unknown name failed',
    ],
    [
      event('login.failed', { username: 'ada', route: 'PUT /me/password' }),
      'A wrong current password was given for “ada”',
    ],
    [
      event('login.limited', { username: 'ada', scope: 'account' }),
      'Too many failed sign-ins as “ada”: blocked for a while',
    ],
    [
      event('login.limited', { scope: 'account' }, { userId: null }),
      'Too many failed sign-ins with an unknown name: blocked for a while',
    ],
    [event('login.limited', { scope: 'ip' }), 'Too many failed sign-ins from 192.0.2.1: blocked for a while'],
    [event('session.revoked', { reason: 'logout', count: 1 }, byAda), 'ada signed out'],
    [event('session.revoked', { reason: 'revoked', count: 1 }, byAda), 'ada ended 1 session'],
    [event('session.revoked', { reason: 'admin', count: 3 }, byRoot), '3 sessions of ada were ended by root'],
    [event('session.revoked', { reason: 'admin', count: 1 }), '1 session of ada was ended'],
    [event('session.reused'), 'A stolen token of ada was caught'],
    [event('session.moved', { from: '192.0.2.1', to: '192.0.2.2' }), 'ada moved from 192.0.2.1 to 192.0.2.2'],
    [event('user.created', {}, byRoot), 'ada was created by root'],
    [event('user.updated', { disabled: { from: false, to: true } }, byRoot), 'ada was disabled by root'],
    [event('user.updated', { role: { from: 'user', to: 'admin' } }), 'ada was made an admin'],
    [event('password.changed', {}, byAda), 'ada changed the password'],
    [event('password.changed', {}, byRoot), 'The password of ada was set by root'],
    [event('login.succeeded', {}, { userId: 'gone' }), 'a deleted user signed in'],
    [event('what.else'), 'what.else (ada)'],
  ])('%j', (told, words) => expect(tell(told, NAMES)).toBe(words))

  it.each([
    [event('session.reused'), 'danger'],
    [event('session.revoked', { reason: 'reuse' }), 'danger'],
    [event('session.revoked', { reason: 'admin' }), 'calm'],
    [event('login.failed'), 'warning'],
  ])('is to be noticed: %j', (told, tone) => expect(toneOf(told)).toBe(tone))
})
