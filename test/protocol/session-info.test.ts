import { describe, expect, it } from 'vitest'
import { endOf, expiryOf } from '../../src/protocol/decide.ts'
import { toSessionInfo } from '../../src/protocol/session-info.ts'
import { DAY, HOUR, MINUTE, policyOf, recordOf, SECOND, T0 } from '../support/records.ts'
import { BROWSERS, CHROME, FIREFOX } from '../support/user-agents.ts'

describe('toSessionInfo', () => {
  it('shows every field of a renewed session', () => {
    const record = recordOf({
      jti: 'AQIDBAUGBwgJCgsMDQ4PEA',
      updatedAt: T0 + HOUR,
      lastIp: '198.51.100.7',
      lastUserAgent: FIREFOX,
      issued: 4,
      seen: 3,
      floor: 3,
      parent: 3,
    })
    expect(toSessionInfo(record, T0 + HOUR, policyOf())).toEqual({
      jti: 'AQIDBAUGBwgJCgsMDQ4PEA',
      userId: 'ada',
      device: {
        name: 'Firefox 140 on Linux',
        browser: 'Firefox',
        browserVersion: '140.0',
        os: 'Linux',
        type: 'desktop',
      },
      ip: '192.0.2.10',
      userAgent: CHROME,
      lastIp: '198.51.100.7',
      lastUserAgent: FIREFOX,
      createdAt: new Date(T0),
      updatedAt: new Date(T0 + HOUR),
      endsAt: new Date(T0 + HOUR + 7 * DAY),
      valid: true,
      revokedAt: null,
      revokedReason: null,
      renewals: 4,
    })
  })

  it('shows a revoked session, which ended then', () => {
    const revokedAt = T0 + MINUTE
    const record = recordOf({ valid: false, revokedAt, revokedReason: 'reuse' })
    expect(toSessionInfo(record, T0 + HOUR, policyOf())).toMatchObject({
      valid: false,
      revokedAt: new Date(revokedAt),
      revokedReason: 'reuse',
      endsAt: new Date(revokedAt),
    })
  })

  it.each([
    ['a millisecond before it is over', 7 * DAY - 1, true],
    ['exactly when it is over', 7 * DAY, false],
    ['after it', 8 * DAY, false],
  ])('is valid no longer than it can be used: %s', (_, age, valid) => {
    expect(toSessionInfo(recordOf(), T0 + age, policyOf()).valid).toBe(valid)
  })

  it.each([
    [BROWSERS['Chrome on Android'](140), 'Chrome 140 on Android'],
    [BROWSERS['Safari on iPhone'](18), 'Mobile Safari 18 on iOS'],
    ['Firefox/140.0', 'Firefox 140'],
    ['AcmeSync/1.0 (Windows NT 10.0)', 'Windows'],
    ['curl/8.14.1', 'curl/8.14.1'],
    ['', 'unknown'],
  ])('names the device of %j', (userAgent, expected) => {
    expect(toSessionInfo(recordOf({ userAgent }), T0, policyOf()).device.name).toBe(expected)
  })
})

describe('endOf', () => {
  it.each([
    ['idleTimeout after the last renewal', {}, {}, 7 * DAY],
    ['maxAge after the login', {}, { updatedAt: T0 + 29 * DAY }, 30 * DAY],
    ['no sooner than its token expires', { idleTimeout: '5m' }, {}, 15 * MINUTE],
    ['when it was revoked', {}, { revokedAt: T0 + SECOND }, SECOND],
    ['not later for having been revoked later', {}, { revokedAt: T0 + 60 * DAY }, 7 * DAY],
  ])('%s', (_, options, changes, expected) => {
    expect(endOf(recordOf(changes), policyOf(options)) - T0).toBe(expected)
  })
})

describe('expiryOf: a token never outlives its session', () => {
  it.each([
    ['at login', {}, 0, 15 * MINUTE],
    ['later', {}, HOUR, HOUR + 15 * MINUTE],
    ['near the end of the session', {}, 30 * DAY - MINUTE, 30 * DAY],
    ['where maxAge is shorter than tokenTtl', { maxAge: '1s' }, 0, SECOND],
    ['to the millisecond', { tokenTtl: '1500ms' }, 1, 1_501],
  ])('%s', (_, options, at, expected) => {
    expect(expiryOf(T0, T0 + at, policyOf(options)) - T0).toBe(expected)
  })
})
