import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/protocol/errors.ts'
import { describeKeys } from '../../src/tokens/describe-keys.ts'
import { parseTime } from '../../src/tokens/time.ts'
import { jwkOf } from '../support/keys.ts'
import { HOUR, T0 } from '../support/records.ts'

/** Keys by their start times in hours from `T0`; undefined for a key without one. */
function described(starts: readonly (number | undefined)[], now = T0) {
  const keys = starts.map((hours, place) =>
    jwkOf('HS256', {
      kid: `key ${place}`,
      ...(hours !== undefined && { starts: new Date(T0 + hours * HOUR).toISOString() }),
    }),
  )
  return describeKeys({ keys }, now).map(({ state, signsFrom, signsUntil }) => [
    state,
    hoursOf(signsFrom),
    hoursOf(signsUntil),
  ])
}

function hoursOf(time: number | null): number | null {
  return time === null ? null : (time - T0) / HOUR
}

describe('describeKeys', () => {
  it.each([
    ['the only key', [undefined], [['signing', null, null]]],
    [
      'two without start times',
      [undefined, undefined],
      [
        ['verifying', null, null],
        ['signing', null, null],
      ],
    ],
    [
      'one that is to come',
      [undefined, 1],
      [
        ['signing', null, 1],
        ['waiting', 1, null],
      ],
    ],
    [
      'one that took over just now',
      [undefined, 0],
      [
        ['verifying', null, 0],
        ['signing', 0, null],
      ],
    ],
    [
      'two that began at once, just now',
      [0, 0],
      [
        ['verifying', 0, 0],
        ['signing', 0, null],
      ],
    ],
    [
      'three generations',
      [-9, -5, 5],
      [
        ['verifying', -9, -5],
        ['signing', -5, 5],
        ['waiting', 5, null],
      ],
    ],
    [
      'a newer one without a start time',
      [-9, undefined, 5],
      [
        ['verifying', -9, 5],
        ['signing', null, 5],
        ['waiting', 5, null],
      ],
    ],
    [
      'only such that are to come',
      [2, 1],
      [
        ['waiting', 2, 1],
        ['signing', 1, null],
      ],
    ],
  ])('tells what keys are good for: %s', (_, starts, expected) => {
    expect(described(starts)).toEqual(expected)
  })

  it('names key and algorithm, and nothing secret', () => {
    const text = JSON.stringify(describeKeys({ keys: [jwkOf('ES256')] }, T0))
    expect(JSON.parse(text)).toEqual([
      { kid: 'ES256', alg: 'ES256', state: 'signing', signsFrom: null, signsUntil: null },
    ])
  })

  it('refuses what is no set of keys', () => {
    expect(() => describeKeys({ keys: [] }, T0)).toThrow(ConfigurationError)
  })
})

describe('parseTime', () => {
  it.each([
    ['2027-01-15T08:00:00Z', T0],
    ['2027-01-15T08:00:00.250Z', T0 + 250],
    ['2027-01-15T08:00Z', T0],
    ['2027-01-15T10:00:00+02:00', T0],
    ['2027-01-15T07:00:00-01:00', T0],
  ])('reads %s', (text, time) => {
    expect(parseTime(text)).toBe(time)
  })

  it.each([
    ['2027-01-15T08:00:00'],
    ['2027-01-15'],
    ['2027-13-15T08:00:00Z'],
    [' 2027-01-15T08:00:00Z'],
    ['2027-01-15T08:00:00Z '],
    ['2027-01-15T08:00:00.1234Z'],
    ['15 January 2027'],
    ['+002027-01-15T08:00:00Z'],
    ['2027-01-15T08:00:00Z(x)'],
    ['Fri 2027-01-15T08:00:00Z'],
    [T0],
    [null],
    [undefined],
    [['2027-01-15T08:00:00Z']],
  ])('does not read %j', (value) => {
    expect(parseTime(value)).toBeUndefined()
  })
})
