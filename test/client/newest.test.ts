import { describe, expect, it } from 'vitest'
import { isSameSession, newest } from '../../src/client/newest.ts'
import { FIRST, OTHER, SECOND, THIRD, tokenOf } from './tokens.ts'

const GARBAGE = ['', 'garbage', 'a.b.c', 'a..c', `a.${btoa('null')}.c`, `a.${btoa('[]')}.c`, 'a.é.c']

describe('newest', () => {
  const cases: [why: string, current: string | undefined, incoming: string, wins: 'current' | 'incoming'][] =
    [
      ['there is none yet', undefined, FIRST, 'incoming'],
      ['there is none yet, an empty string', '', FIRST, 'incoming'],
      ['the successor', FIRST, SECOND, 'incoming'],
      ['a later sibling', SECOND, THIRD, 'incoming'],
      ['the same', SECOND, SECOND, 'current'],
      ['a late one of an older generation', THIRD, SECOND, 'current'],
      ['an older generation, although issued later', SECOND, tokenOf({ gen: 0, iat: 300 }), 'current'],
      ['a later generation with an older iat', SECOND, tokenOf({ gen: 2, iat: 100 }), 'current'],
      ['the same generation, issued later', SECOND, tokenOf({ gen: 1, iat: 201 }), 'incoming'],
      ['the same generation, issued earlier', SECOND, tokenOf({ gen: 1, iat: 199.5 }), 'current'],
      ['another session, issued later', THIRD, OTHER, 'current'],
      ['ten follows nine', tokenOf({ gen: 9 }), tokenOf({ gen: 10 }), 'incoming'],
      [
        'a name beyond ASCII',
        tokenOf({ name: 'Ωmega ÿ>?' }),
        tokenOf({ name: 'Ωmega ÿ>?', gen: 1 }),
        'incoming',
      ],
      ['no generation', FIRST, tokenOf({ gen: undefined }), 'current'],
      [
        'no jti on either',
        tokenOf({ jti: undefined, gen: undefined }),
        tokenOf({ jti: undefined, gen: undefined, iat: 999 }),
        'current',
      ],
    ]

  it.each(cases)('%s', (_why, current, incoming, wins) => {
    expect(newest(current, incoming)).toBe(wins === 'current' ? current : incoming)
  })

  it('reads payloads with the two characters that base64url has of its own', () => {
    const named = (gen: number) => tokenOf({ name: '>>>???~~~', more: '>>?>?~?>', gen })
    expect(named(0)).toMatch(/-.*_|_.*-/)
    expect(newest(named(0), named(1))).toBe(named(1))
  })

  it.each(GARBAGE)('never lets %j take the place of a token', (garbage) => {
    expect(newest(FIRST, garbage)).toBe(FIRST)
  })

  it('ends with the newest, in whatever order the answers come', () => {
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]
    const tokens = [FIRST, SECOND, THIRD]
    for (const order of orders) {
      const kept = order.reduce<string | undefined>(
        (current, at) => newest(current, tokens[at] as string),
        undefined,
      )
      expect(kept).toBe(THIRD)
    }
  })
})

describe('isSameSession', () => {
  it.each([
    ['two generations', FIRST, THIRD, true],
    ['two sessions', FIRST, OTHER, false],
    ['a token and none', FIRST, 'garbage', false],
    ['garbage and garbage', 'garbage', 'garbage', false],
    ['no jti', tokenOf({ jti: undefined }), tokenOf({ jti: undefined }), false],
  ])('%s', (_what, a, b, expected) => {
    expect(isSameSession(a, b)).toBe(expected)
  })
})
