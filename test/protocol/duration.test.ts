import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from '../../src/protocol/duration.ts'

const DAY = 86_400_000

describe('parseDuration', () => {
  it.each([
    ['1500ms', 1_500],
    ['2s', 2_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['7d', 7 * DAY],
    [' 15m ', 900_000],
    ['60', 60_000],
    [60, 60_000],
    [0, 0],
    ['0', 0],
    ['0d', 0],
    [1.5, 1_500],
    ['1.5s', 1_500],
    ['0.001', 1],
    ['1.5ms', 2],
    ['0.4ms', 0],
    ['00015m', 900_000],
    ['3650d', 3_650 * DAY],
    [3_650 * 86_400, 3_650 * DAY],
  ])('reads %j as %d ms', (value, expected) => {
    expect(parseDuration(value)).toBe(expected)
  })

  it.each([
    [''],
    [' '],
    ['m'],
    ['-1'],
    [-1],
    [-0.5],
    ['+1'],
    ['1,5s'],
    ['.5s'],
    ['5.'],
    ['1.2345s'],
    ['1e3'],
    [1e21],
    [1e-7],
    ['15M'],
    ['15 minutes'],
    ['15min'],
    ['1y'],
    ['2w'],
    ['2 h'],
    ['1h30m'],
    ['0x10'],
    ['Infinity'],
    [Number.POSITIVE_INFINITY],
    [Number.NaN],
    ['3651d'],
    [3_650 * 86_400 + 1],
    ['9999999999999999s'],
    [null],
    [undefined],
    [true],
    [[15]],
    [{ minutes: 15 }],
    [new Date(0)],
    ['١٥m'],
    ['15m\n15m'],
  ])('does not read %j', (value) => {
    expect(parseDuration(value)).toBeUndefined()
  })
})

describe('formatDuration', () => {
  it.each([
    [900_000, '15m'],
    [90_000, '90s'],
    [1_500, '1500ms'],
    [7 * DAY, '7d'],
    [3_600_000, '1h'],
    [5_400_000, '90m'],
    [1, '1ms'],
    [0, '0d'],
  ])('writes %d ms as %s', (milliseconds, expected) => {
    expect(formatDuration(milliseconds)).toBe(expected)
  })

  it('writes what parseDuration reads again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_650 * DAY }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds)
      }),
    )
  })
})
