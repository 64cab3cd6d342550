import { expect, it } from 'vitest'
import { complaintsOf } from '../../tools/soak/judge.ts'
import { type Point, slopeOf } from '../../tools/soak/slope.ts'
import { runSoak } from '../../tools/soak/soak.ts'
import { Prng } from '../simulation/prng.ts'
import { temporaryDatabase } from '../support/files.ts'

const points = (yOf: (x: number) => number): Point[] => Array.from({ length: 60 }, (_, x) => [x, yOf(x)])

it.each([
  ['a flat line', points(() => 7), 0],
  ['a line that rises', points((x) => 3 + 2 * x), 2],
  ['a line that falls', points((x) => 3 - x), -1],
  ['a flat line with peaks', points((x) => (x % 7 === 0 ? 27 : 7)), 0],
  ['a line that rises under peaks', points((x) => x + (x % 7 === 0 ? 20 : 0)), 1],
  ['one point', [[1, 1]] as Point[], 0],
  ['nothing', [], 0],
])('the slope of %s', (_what, line, slope) => {
  expect(slopeOf(line)).toBeCloseTo(slope, 1)
})

it('the slope of noise is next to nothing', () => {
  const chance = new Prng(1)
  expect(Math.abs(slopeOf(points(() => 100 + chance.unit() * 10)))).toBeLessThan(0.05)
})

const FLAT = { rss: 0, heap: 0, external: 0 }
const COUNTS = { wrong: 0 } as Parameters<typeof complaintsOf>[0]['counts']

it.each([
  ['nothing', {}, []],
  ['memory that shrinks', { growth: { rss: -9, heap: -9, external: -9 } }, []],
  [
    'a heap that grows',
    { growth: { ...FLAT, heap: 1.5 } },
    ['heap grows by 1.50 MB a minute, more than 0.75'],
  ],
  ['an RSS that grows', { growth: { ...FLAT, rss: 6 } }, ['rss grows by 6.00 MB a minute, more than 4']],
  ['a WAL that grows', { wal: 80 }, ['the WAL grew to 80.0 MB, more than 16']],
  ['a wrong answer', { counts: { ...COUNTS, wrong: 1 } }, ['1 wrong answers']],
])('%s is judged', (_what, seen, complaints) => {
  expect(complaintsOf({ counts: COUNTS, growth: FLAT, wal: 4, ...seen })).toEqual(complaints)
})

it('6 seconds of soak (npm run soak does minutes) on a server that leaks: every answer is right, and the leak is found', async () => {
  const probe = new URL('./leaking-probe.ts', import.meta.url)
  const times = { seconds: 6, warmUp: 2, every: 0.5 }
  const report = await runSoak({ ...times, seed: 1, fill: 200, database: temporaryDatabase(), probe })
  const { counts, growth, wrong } = report
  expect(wrong).toEqual([])
  expect(Math.min(counts.logins, counts.renewals, counts.revocations, counts.refusals)).toBeGreaterThan(0)
  expect(growth.heap).toBeGreaterThan(20)
  expect(complaintsOf(report).join('\n')).toMatch(/^heap grows by /)
})
