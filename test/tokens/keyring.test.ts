import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/protocol/errors.ts'
import { keyringOfJwks } from '../../src/tokens/jwks.ts'
import { keyringOfSecrets } from '../../src/tokens/keyring.ts'
import { verifyToken } from '../../src/tokens/verify.ts'
import { forge } from '../support/forge.ts'
import { policyOf, T0 } from '../support/records.ts'

const ONE = 'the first secret of these tests, 32 bytes or longer'
const TWO = 'the second secret of these tests, 32 bytes or longer'

function errorOf(act: () => unknown): ConfigurationError {
  try {
    act()
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
  return expect.fail('nothing was thrown')
}

function jwk(kid: string, secret = ONE): Record<string, unknown> {
  return { kty: 'oct', alg: 'HS256', kid, k: Buffer.from(secret).toString('base64url') }
}

describe('keyringOfSecrets', () => {
  it('derives the kid from the secret, so that every process knows it', () => {
    const { kid } = keyringOfSecrets(ONE).signingAt(T0)
    expect(keyringOfSecrets(ONE).signingAt(T0).kid).toBe(kid)
    expect(keyringOfSecrets(Buffer.from(ONE)).signingAt(T0).kid).toBe(kid)
    expect(keyringOfSecrets(TWO).signingAt(T0).kid).not.toBe(kid)
    expect(kid).toMatch(/^[A-Za-z0-9_-]{11}$/)
    expect(ONE).not.toContain(kid)
  })

  it('signs with the first of a list and knows all', () => {
    const keyring = keyringOfSecrets([TWO, ONE])
    const [one, two] = [ONE, TWO].map((secret) => keyringOfSecrets(secret).signingAt(T0).kid)
    expect(keyring.signingAt(T0).kid).toBe(two)
    expect(keyring.find(one ?? '')?.kid).toBe(one)
    expect(keyring.find(two ?? '')).toBe(keyring.signingAt(T0))
    expect(keyring.find('another')).toBeUndefined()
    expect(keyring.find('__proto__')).toBeUndefined()
  })

  it('counts bytes, not characters', () => {
    expect(keyringOfSecrets('é'.repeat(16)).signingAt(T0).alg).toBe('HS256')
    expect(errorOf(() => keyringOfSecrets('é'.repeat(15))).got).toBe('30 bytes')
  })

  it('takes exactly 32 bytes', () => {
    expect(keyringOfSecrets('x'.repeat(32)).signingAt(T0).key.symmetricKeySize).toBe(32)
    expect(keyringOfSecrets(new Uint8Array(32).fill(7)).signingAt(T0).key.symmetricKeySize).toBe(32)
  })

  it.each([
    ['undefined', undefined, 'nothing'],
    ['null', null, 'nothing'],
    ['an empty text', '', '0 bytes'],
    ['31 bytes', 'x'.repeat(31), '31 bytes'],
    ['a number', 42, 'a value of type number'],
    ['an object', { secret: ONE }, 'a value of type object'],
    ['an empty list', [], 'no key'],
    ['a list with a short one', [ONE, 'short'], '5 bytes'],
    ['a list with none', [ONE, undefined], 'nothing'],
    ['a list within a list', [[ONE]], 'a value of type object'],
    ['one twice', [ONE, ONE], 'one key twice'],
    ['one twice in two forms', [ONE, Buffer.from(ONE)], 'one key twice'],
  ])('refuses %s', (_, secret, got) => {
    const error = errorOf(() => keyringOfSecrets(secret))
    expect(error).toMatchObject({ option: 'secret', got })
    expect(error.takes).toBe('at least 32 bytes, or a list of such secrets')
  })

  it('never tells a secret', () => {
    for (const secret of ['hunter2', { k: 'hunter2' }, ['hunter2'], [ONE, ONE]]) {
      const { message } = errorOf(() => keyringOfSecrets(secret))
      expect(message).not.toContain('hunter2')
      expect(message).not.toContain(ONE)
    }
  })
})

describe('keyringOfJwks', () => {
  it('signs with the last of the set, the newest, and knows all', () => {
    const keyring = keyringOfJwks({ keys: [jwk('2026'), jwk('2027', TWO)] })
    expect(keyring.signingAt(T0).kid).toBe('2027')
    expect(keyring.find('2026')?.alg).toBe('HS256')
  })

  it.each([
    ['undefined', undefined, 'nothing'],
    ['null', null, 'nothing'],
    ['a text', 'jwks', 'a value of type string'],
    ['no set', {}, 'a value of type object'],
    ['a set that is no list', { keys: jwk('a') }, 'a value of type object'],
    ['an empty set', { keys: [] }, 'no key'],
    ['one kid twice', { keys: [jwk('a'), jwk('a', TWO)] }, 'one key twice'],
    ['a key that is null', { keys: [null] }, 'another form at place 0'],
    ['a key that is a text', { keys: ['k'] }, 'another form at place 0'],
    ['no kid', { keys: [{ ...jwk('a'), kid: undefined }] }, 'another form at place 0'],
    ['an empty kid', { keys: [jwk('')] }, 'another form at place 0'],
    ['a kid that is a number', { keys: [{ ...jwk('a'), kid: 1 }] }, 'another form at place 0'],
    ['another kty', { keys: [jwk('a'), { ...jwk('b'), kty: 'RSA' }] }, 'another form at place 1'],
    ['another alg', { keys: [{ ...jwk('a'), alg: 'HS512' }] }, 'another form at place 0'],
    ['the alg none', { keys: [{ ...jwk('a'), alg: 'none' }] }, 'another form at place 0'],
    ['no alg', { keys: [{ ...jwk('a'), alg: undefined }] }, 'another form at place 0'],
    ['no k', { keys: [{ ...jwk('a'), k: undefined }] }, 'another form at place 0'],
    ['a short k', { keys: [jwk('a', 'x'.repeat(31))] }, 'another form at place 0'],
  ])('refuses %s', (_, jwks, got) => {
    const error = errorOf(() => keyringOfJwks(jwks))
    expect(error).toMatchObject({ option: 'keys', got })
    expect(error.message).not.toContain('x'.repeat(31))
  })
})

describe('rotation', () => {
  const old = keyringOfSecrets(ONE)
  const both = keyringOfSecrets([TWO, ONE])
  const retired = keyringOfSecrets(TWO)
  const tokenOfOld = forge({ header: { kid: old.signingAt(T0).kid }, secret: ONE })
  const tokenOfNew = forge({ header: { kid: retired.signingAt(T0).kid }, secret: TWO })

  it.each([
    ['before it, the old token', old, tokenOfOld, 'verified'],
    ['before it, the new token', old, tokenOfNew, 'invalid'],
    ['during it, the old token', both, tokenOfOld, 'verified'],
    ['during it, the new token', both, tokenOfNew, 'verified'],
    ['after it, the old token', retired, tokenOfOld, 'invalid'],
    ['after it, the new token', retired, tokenOfNew, 'verified'],
    [
      'the new secret under the old kid',
      both,
      forge({ header: { kid: old.signingAt(T0).kid }, secret: TWO }),
      'invalid',
    ],
  ])('%s', (_, keyring, token, expected) => {
    expect(verifyToken(token, T0, policyOf(), keyring).kind).toBe(expected)
  })
})
