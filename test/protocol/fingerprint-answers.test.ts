import { describe, expect, it } from 'vitest'
import { decide } from '../../src/protocol/decide.ts'
import type { FingerprintFunction } from '../../src/protocol/fingerprint.ts'
import { MINUTE, policyOf, situationOf, T0 } from '../support/records.ts'

function decideWith(answer: unknown): unknown {
  const fingerprint = (() => answer) as FingerprintFunction
  return decide(situationOf({ now: T0 + 16 * MINUTE }), policyOf({ fingerprint })).kind
}

describe('a fingerprint function’s answer', () => {
  it('accepts with true', () => {
    expect(decideWith(true)).toBe('renew')
  })

  it.each([
    ['false', false],
    ['nothing', undefined],
    ['null', null],
    ['a number', 1],
    ['a word', 'true'],
    ['an object', {}],
    ['a promise of true', Promise.resolve(true)],
    ['a boxed true', new Boolean(true)],
  ])('refuses with %s', (_, answer) => {
    expect(decideWith(answer)).toBe('refuse')
  })

  it('may throw, and nothing is decided', () => {
    const fingerprint = () => {
      throw new Error('broken rule')
    }
    const situation = situationOf({ now: T0 + 16 * MINUTE })
    expect(() => decide(situation, policyOf({ fingerprint }))).toThrow('broken rule')
  })
})
