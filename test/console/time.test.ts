import { describe, expect, it } from 'vitest'
import { exact, relative } from '../../src/console/words/time.ts'

const NOW = Date.UTC(2026, 10, 24, 10, 0, 0)
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('a time as people say it', () => {
  it.each([
    [0, 'just now'],
    [44 * SECOND, 'just now'],
    [45 * SECOND, '1 min ago'],
    [89 * SECOND, '1 min ago'],
    [3 * MINUTE, '3 min ago'],
    [59 * MINUTE, '59 min ago'],
    [59.6 * MINUTE, '1 h ago'],
    [23 * HOUR, '23 h ago'],
    [23.6 * HOUR, '1 day ago'],
    [30 * DAY, '30 days ago'],
    [31 * DAY, '24 Oct 2026'],
    [-20 * SECOND, 'just now'],
    [-3 * HOUR, 'in 3 h'],
    [-7 * DAY, 'in 7 days'],
  ])('%i ms before: %s', (before, words) => expect(relative(NOW - before, NOW)).toBe(words))

  it('to the second, with its zone', () => {
    expect(exact(NOW)).toMatch(/^\w+day,? 2[345] November 2026 at \d\d:00:00 \S+/)
  })
})
