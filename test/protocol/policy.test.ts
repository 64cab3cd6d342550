import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/protocol/errors.ts'
import { POLICY_OPTIONS, type PolicyOptions, readPolicy } from '../../src/protocol/policy.ts'
import { DAY, MINUTE } from '../support/records.ts'

function errorOf(act: () => unknown): ConfigurationError {
  try {
    act()
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
  return expect.fail('nothing was thrown')
}

const DURATION = 'a duration such as 15m, 7d, 1500ms or a number of seconds, up to 3650d'
const POSITIVE = `${DURATION}, above 0`
const COUNT = 'a whole number from 0 (no limit) to 999'
const NAME = '1 to 200 printable ASCII characters without quotes or backslash'
const FINGERPRINT = /^off, balanced, strict, a function, or \{ip: /

describe('readPolicy', () => {
  it('fills in every default', () => {
    expect(readPolicy({})).toEqual({
      tokenTtl: 15 * MINUTE,
      idleTimeout: 7 * DAY,
      maxAge: 30 * DAY,
      grace: MINUTE,
      renewBefore: 0,
      leeway: 0,
      fingerprint: expect.objectContaining({ name: 'balanced', onMismatch: 'refuse' }),
      maxSessionsPerUser: 0,
      issuer: 'sliding-jwt',
      audience: 'sliding-jwt',
      onStoreFailure: 'refuse',
      cacheSize: 10_000,
      singleProcess: false,
    })
  })

  it('takes undefined for a default', () => {
    const options = Object.fromEntries(POLICY_OPTIONS.map((option) => [option, undefined]))
    expect(JSON.stringify(readPolicy(options))).toBe(JSON.stringify(readPolicy({})))
  })

  it('freezes the result and follows no later change of the options', () => {
    const options: { tokenTtl: string; fingerprint: { ip: 'exact' | 'ignore' } } = {
      tokenTtl: '5m',
      fingerprint: { ip: 'exact' },
    }
    const policy = readPolicy(options)
    options.tokenTtl = '1h'
    options.fingerprint.ip = 'ignore'
    expect(policy.tokenTtl).toBe(5 * MINUTE)
    expect(policy.fingerprint.comparesIp).toBe(true)
    expect(Object.isFrozen(policy)).toBe(true)
    expect(Object.isFrozen(policy.fingerprint)).toBe(true)
  })

  it('takes options that are frozen', () => {
    expect(readPolicy(Object.freeze({ tokenTtl: '5m' })).tokenTtl).toBe(5 * MINUTE)
  })

  it.each([
    ['tokenTtl', '1500ms', 1_500],
    ['idleTimeout', 3600, 3_600_000],
    ['maxAge', '3650d', 3_650 * DAY],
    ['grace', 0, 0],
    ['grace', '5s', 5_000],
    ['renewBefore', '14m', 14 * MINUTE],
    ['leeway', '2.5', 2_500],
    ['maxSessionsPerUser', 999, 999],
    ['issuer', 'https://id.example/', 'https://id.example/'],
    ['issuer', 'x'.repeat(200), 'x'.repeat(200)],
    ['audience', 'shop', 'shop'],
    ['onStoreFailure', 'pass-fresh', 'pass-fresh'],
    ['cacheSize', 1, 1],
    ['singleProcess', true, true],
  ])('reads %s: %j', (option, value, expected) => {
    expect(readPolicy({ [option]: value })).toHaveProperty(option, expected)
  })

  it.each([
    ['tokenTtl', '15 minutes', '"15 minutes"', POSITIVE],
    ['tokenTtl', '0', '"0"', POSITIVE],
    ['tokenTtl', 0, '0', POSITIVE],
    ['tokenTtl', '0.4ms', '"0.4ms"', POSITIVE],
    ['tokenTtl', null, 'null', POSITIVE],
    ['tokenTtl', '', '""', POSITIVE],
    ['idleTimeout', -5, '-5', POSITIVE],
    ['idleTimeout', '4000d', '"4000d"', POSITIVE],
    ['maxAge', true, 'true', POSITIVE],
    ['maxAge', Number.POSITIVE_INFINITY, 'Infinity', POSITIVE],
    ['grace', '1 minute', '"1 minute"', DURATION],
    ['grace', {}, 'an object', DURATION],
    ['renewBefore', ['5m'], 'a list', DURATION],
    ['renewBefore', 'soon', '"soon"', DURATION],
    ['renewBefore', '15m', '"15m"', `${DURATION}, shorter than tokenTtl`],
    ['renewBefore', '1h', '"1h"', `${DURATION}, shorter than tokenTtl`],
    ['leeway', Number.NaN, 'NaN', DURATION],
    ['leeway', () => 5, 'a function', DURATION],
    ['fingerprint', 'paranoid', '"paranoid"', FINGERPRINT],
    ['fingerprint', { ip: 'same' }, 'an object', FINGERPRINT],
    ['fingerprint', null, 'null', FINGERPRINT],
    ['maxSessionsPerUser', -1, '-1', COUNT],
    ['maxSessionsPerUser', 1.5, '1.5', COUNT],
    ['maxSessionsPerUser', '5', '"5"', COUNT],
    ['maxSessionsPerUser', 1_000, '1000', COUNT],
    ['maxSessionsPerUser', Number.NaN, 'NaN', COUNT],
    ['issuer', '', '""', NAME],
    ['issuer', 'a"b', '"a\\"b"', NAME],
    ['issuer', 'a\\b', '"a\\\\b"', NAME],
    ['issuer', 'a\r\nSet-Cookie: b', '"a\\r\\nSet-Cookie: b"', NAME],
    ['issuer', 'café', '"café"', NAME],
    ['issuer', 'x'.repeat(201), `"${'x'.repeat(60)}…"`, NAME],
    ['issuer', 7, '7', NAME],
    ['audience', ['a', 'b'], 'a list', NAME],
    ['audience', null, 'null', NAME],
    ['onStoreFailure', 'pass', '"pass"', 'refuse or pass-fresh'],
    ['cacheSize', 0, '0', 'a whole number from 1 to 10000000'],
    ['singleProcess', 'yes', '"yes"', 'true or false'],
    ['onStoreFailure', false, 'false', 'refuse or pass-fresh'],
  ])('refuses %s: %j with one line that tells what it got and takes', (option, value, got, takes) => {
    const error = errorOf(() => readPolicy({ [option]: value } as PolicyOptions))
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'option_invalid', option, got })
    if (typeof takes === 'string') expect(error.takes).toBe(takes)
    else expect(error.takes).toMatch(takes)
    expect(error.message).toBe(`${option}: got ${got}, takes ${error.takes}`)
    expect(error.message).not.toContain('\n')
  })

  it('names the first of several that are wrong', () => {
    const error = errorOf(() => readPolicy({ leeway: 'x', tokenTtl: 'y' }))
    expect(error.option).toBe('tokenTtl')
  })

  it('compares renewBefore with the tokenTtl that is set', () => {
    expect(readPolicy({ tokenTtl: '1h', renewBefore: '59m' }).renewBefore).toBe(59 * MINUTE)
    expect(errorOf(() => readPolicy({ tokenTtl: '10s', renewBefore: '10s' })).option).toBe('renewBefore')
  })
})
