import { describe, expect, it } from 'vitest'
import { compareVersions, parseUserAgent } from '../../src/protocol/user-agent.ts'
import { BROWSERS, CHROME, PROGRAMS } from '../support/user-agents.ts'

const NOTHING = { browser: null, browserVersion: null, os: null, type: null }

describe('parseUserAgent', () => {
  it.each([
    ['Chrome on Windows', 'Chrome', '140.0.0.0', 'Windows', 'desktop'],
    ['Chrome on Android', 'Chrome', '140.0.0.0', 'Android', 'mobile'],
    ['Chrome on an Android tablet', 'Chrome', '140.0.0.0', 'Android', 'tablet'],
    ['Chrome on iPhone', 'Chrome', '140.0.7204.119', 'iOS', 'mobile'],
    ['Firefox on Linux', 'Firefox', '140.0', 'Linux', 'desktop'],
    ['Firefox on Android', 'Firefox', '140.0', 'Android', 'mobile'],
    ['Safari on macOS', 'Safari', '140.5', 'Mac OS', 'desktop'],
    ['Safari on iPhone', 'Mobile Safari', '140.5', 'iOS', 'mobile'],
    ['Safari on iPad', 'Mobile Safari', '140.5', 'iOS', 'tablet'],
    ['Edge on Windows', 'Edge', '140.0.0.0', 'Windows', 'desktop'],
    ['Edge on Android', 'Edge', '140.0.0.0', 'Android', 'mobile'],
  ] as const)('%s', (name, browser, browserVersion, os, type) => {
    expect(parseUserAgent(BROWSERS[name](140))).toEqual({ browser, browserVersion, os, type })
  })

  it.each(Object.entries(PROGRAMS))('%s says nothing', (_, agent) => {
    expect(parseUserAgent(agent)).toEqual(NOTHING)
  })

  it('nothing says nothing', () => {
    expect(parseUserAgent('')).toEqual(NOTHING)
  })

  it('a system without a browser has no type of device', () => {
    expect(parseUserAgent('AcmeSync/1.0 (Windows NT 10.0)')).toMatchObject({
      browser: null,
      os: 'Windows',
      type: null,
    })
  })

  it('remembers what it parsed', () => {
    expect(parseUserAgent(CHROME)).toBe(parseUserAgent(CHROME))
    expect(Object.isFrozen(parseUserAgent(CHROME))).toBe(true)
  })

  it('takes a hostile one of full length at once', () => {
    const begun = performance.now()
    for (const part of ['Mozilla/5.0 (', ';', ' ', 'Android ', '(((((', 'rv:', 'a/1 ', 'Version/']) {
      parseUserAgent(part.repeat(512).slice(0, 512))
    }
    expect(performance.now() - begun).toBeLessThan(1_000)
  })
})

describe('compareVersions', () => {
  it.each([
    ['140.0', '140.0', 0],
    ['140', '140.0.0', 0],
    ['141', '140.9.9', 1],
    ['100', '99', 1],
    ['99', '100', -1],
    ['1.10', '1.9', 1],
    ['1.2.3', '1.2.4', -1],
    ['1.2', '1.2.1', -1],
    ['1.2.1', '1.2', 1],
    ['140.0.0', '140', 0],
    [null, null, 0],
    [null, '1', -1],
    ['1', null, 1],
    ['', '0', 0],
    ['1.b', '1.0', 0],
    ['1.2b4', '1.2', 0],
  ])('%s against %s: %s', (one, other, expected) => {
    expect(Math.sign(compareVersions(one, other))).toBe(expected)
  })
})
