import { describe, expect, it } from 'vitest'
import { firstMinute, MINUTES_KEPT, Minutes } from '../../src/server/minutes.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

function counters() {
  const minutes = new Minutes(() => ({ count: 0 }))
  return {
    add: (time: number) => {
      minutes.at(time).count += 1
    },
    until: (time: number) => minutes.until(time).map((minute) => minute?.count ?? 0),
  }
}

describe('minutes', () => {
  it.each([
    ['the same moment', [0], 0, { 59: 1 }],
    ['the end of the minute', [0], MINUTE - 1, { 59: 1 }],
    ['the next minute', [0], MINUTE, { 58: 1 }],
    ['59 minutes later', [0], 59 * MINUTE, { 0: 1 }],
    ['an hour later', [0], HOUR, {}],
    ['several in one minute', [0, 1, MINUTE - 1], MINUTE, { 58: 3 }],
    ['one minute an hour later: nothing is mixed up', [0, 0, HOUR], HOUR, { 59: 1 }],
    ['a clock that was put back', [HOUR + MINUTE], 0, {}],
  ])('%s', (_what, times, until, expected) => {
    const start = 1_800_000_000_000
    const { add, until: read } = counters()
    for (const time of times) add(start + time)
    const list = read(start + until)
    expect(list).toHaveLength(MINUTES_KEPT)
    expect(Object.fromEntries(list.flatMap((count, index) => (count > 0 ? [[index, count]] : [])))).toEqual(
      expected,
    )
  })

  it('begin an hour less a minute before the minute of a time', () => {
    expect(firstMinute(HOUR + 59 * MINUTE + 1)).toBe(HOUR)
    expect(firstMinute(2 * HOUR)).toBe(HOUR + MINUTE)
  })
})
