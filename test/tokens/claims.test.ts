import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/protocol/errors.ts'
import { isJti, readHostClaims } from '../../src/tokens/claims.ts'
import { newJti } from '../support/records.ts'

describe('readHostClaims', () => {
  it.each([
    ['no claims', {}],
    ['a role', { role: 'admin' }],
    ['an object without a prototype', Object.assign(Object.create(null), { role: 'admin' })],
    ['claims with names that objects have', { constructor: 1, toString: 2 }],
  ])('takes %s as they are', (_, claims) => {
    expect(readHostClaims(claims)).toBe(claims)
  })

  it.each([null, undefined])('takes %s for a user who is gone', (answer) => {
    expect(readHostClaims(answer)).toBeNull()
  })

  it.each([
    ['true', true, 'a value of type boolean'],
    ['false, which must not let a user in', false, 'a value of type boolean'],
    ['a text', 'admin', 'a value of type string'],
    ['an empty text', '', 'a value of type string'],
    ['a number', 0, 'a value of type number'],
    ['a list', ['admin'], 'a list'],
    ['a function', () => ({}), 'a value of type function'],
  ])('refuses %s', (_, answer, got) => {
    const act = () => readHostClaims(answer)
    expect(act).toThrow(ConfigurationError)
    expect(act).toThrow(
      `loadClaims: got ${got}, takes an object of claims, or null where the user is gone or disabled`,
    )
  })

  it.each(['iss', 'aud', 'sub', 'jti', 'gen', 'iat', 'exp', 'nbf', 'auth_time'])(
    'refuses the claim %s, which is the protocol’s',
    (claim) => {
      const act = () => readHostClaims({ role: 'user', [claim]: 'a value to keep' })
      expect(act).toThrow(ConfigurationError)
      expect(act).toThrow(`loadClaims: got a claim ${claim}, takes claims without `)
      expect(act).not.toThrow('a value to keep')
    },
  )
})

describe('isJti', () => {
  it('takes 128 bits in canonical base64url', () => {
    for (let count = 0; count < 100; count += 1) expect(isJti(newJti())).toBe(true)
  })

  it.each([[''], ['AQID'], ['AQIDBAUGBwgJCgsMDQ4PEB'], ['AQIDBAUGBwgJCgsMDQ4PE='], [null], [7], [{}]])(
    'does not take %j',
    (value) => {
      expect(isJti(value)).toBe(false)
    },
  )
})
