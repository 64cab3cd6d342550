import { describe, expect, it } from 'vitest'
import { count } from '../../src/console/words/count.ts'
import { browserOf, deviceName, systemOf } from '../../src/console/words/device.ts'
import { farewell } from '../../src/console/words/farewell.ts'
import { newPassword } from '../../src/console/words/password.ts'
import { explain } from '../../src/console/words/problem.ts'
import { reason, refusal } from '../../src/console/words/refusals.ts'
import { ERRORS } from '../../src/index.ts'
import { REVOCATION_REASONS } from '../../src/protocol/types.ts'
import { readPassword } from '../../src/server/credentials.ts'

const REFUSALS = Object.keys(ERRORS).filter((code) =>
  /^(token_|session_|user_disabled|fingerprint_)/.test(code),
)

describe('words', () => {
  it.each(REFUSALS)('there are some for a session that ended with %s', (code) => {
    expect(refusal(code)).not.toBe(code)
    if (code !== 'token_missing') expect(farewell(code)).not.toBe(farewell('something else'))
  })

  it.each(REVOCATION_REASONS)('there are some for the reason %s', (code) => {
    expect(reason(code)).toMatch(/ /)
    expect(reason(code)).not.toContain('_')
  })

  it.each([
    [0, '0 sessions'],
    [1, '1 session'],
    [2, '2 sessions'],
    [12_345, '12,345 sessions'],
  ])('count %i', (value, words) => expect(count(value, 'session')).toBe(words))

  it.each([
    [{ code: 'rate_limited', retryAfter: 1 }, 'Too many failed attempts. Try again in 1 second.'],
    [{ code: 'rate_limited', retryAfter: 90 }, 'Too many failed attempts. Try again in 90 seconds.'],
    [{ code: 'rate_limited', retryAfter: 91 }, 'Too many failed attempts. Try again in 2 minutes.'],
    [
      { code: 'body_invalid', message: 'username: takes 1 to 64 characters' },
      'The user name takes 1 to 64 characters.',
    ],
    [{ code: 'conflict', message: 'This is the last enabled admin.' }, 'This is the last enabled admin.'],
    [{ code: 'credentials_invalid' }, 'User name and password do not belong together.'],
  ])('explain %j', (problem, words) => {
    expect(explain({ message: '', retryAfter: undefined, ...problem })).toBe(words)
  })

  it.each([
    ['Mac OS', 'Chrome', '143.0.0.0', 'Chrome 143', 'macOS', 'Chrome 143 on macOS'],
    ['iOS', 'Mobile Safari', '18.5', 'Safari 18', 'iOS', 'Safari 18 on iOS'],
    [null, null, null, 'curl/8.14.1', 'System unknown', 'curl/8.14.1'],
  ])('name a device: %s, %s', (os, browser, browserVersion, itsBrowser, itsSystem, name) => {
    const device = { name: '', browser, browserVersion, os, type: null }
    const session = { device, userAgent: 'curl/8.14.1' }
    expect([browserOf(session), systemOf(session), deviceName(session)]).toEqual([
      itsBrowser,
      itsSystem,
      name,
    ])
  })

  it('a made-up password is one that the server takes, and another each time', () => {
    const passwords = new Set(Array.from({ length: 100 }, newPassword))
    expect(passwords.size).toBe(100)
    for (const password of passwords) expect(readPassword(password, 'ada')).toBe(password)
  })
})
