import { describe, expect, test } from 'vitest'
import { compare, isCalm } from '../../bench/check.ts'
import type { Row } from '../../bench/results.ts'

const ROW: Row = {
  path: 'fresh',
  name: 'ours',
  title: 'sliding-jwt',
  ratio: 0.9,
  q1: 0.88,
  q3: 0.92,
  cpuRatio: 0.8,
  cpuQ1: 0.79,
  cpuQ3: 0.81,
  p99: 9,
  rate: 6_000,
  cpu: 150,
  busy: 1,
  pairs: 12,
}

describe('compare', () => {
  test.each<{ what: string; row: Partial<Row>; fallen: boolean }>([
    { what: 'the same', row: {}, fallen: false },
    { what: 'a higher ratio', row: { ratio: 0.99 }, fallen: false },
    { what: 'a ratio 9 % lower', row: { ratio: 0.9 * 0.91 }, fallen: false },
    { what: 'a ratio 11 % lower', row: { ratio: 0.9 * 0.89 }, fallen: true },
    { what: 'a fresh request that takes more CPU at the same rate', row: { cpuRatio: 0.4 }, fallen: false },
  ])('$what: fallen is $fallen', ({ row, fallen }) => {
    expect(compare([ROW], [{ ...ROW, ...row }]).map(({ hasFallen }) => hasFallen)).toEqual([fallen])
  })

  test.each(['renew', 'renew-postgres'] as const)(
    '%s is judged by its CPU, as the disk is not ours',
    (path) => {
      const renew: Row = { ...ROW, path }
      const [slowDisk] = compare([renew], [{ ...renew, ratio: 0.1 }])
      const [moreCpu] = compare([renew], [{ ...renew, cpuRatio: 0.7 }])
      expect([slowDisk?.hasFallen, moreCpu?.hasFallen]).toEqual([false, true])
    },
  )

  test('peers and rows without a counterpart are left out; growth is ours, but for its reference', () => {
    const rows: Row[] = [
      { ...ROW, name: 'better-auth' },
      { ...ROW, name: 'twin' },
      { ...ROW, name: 'ours-strict' },
      { ...ROW, path: 'renew-postgres', name: 'bare' },
      { ...ROW, path: 'renew-postgres' },
      { ...ROW, path: 'growth', name: '1M' },
      { ...ROW, path: 'growth', name: '10k' },
    ]
    expect(compare(rows.slice(0, 2), rows)).toEqual([])
    expect(compare(rows, rows.slice(0, 2))).toEqual([])
    expect(compare(rows, rows).map(({ row }) => row.name)).toEqual(['ours-strict', 'ours', '1M'])
  })
})

test.each([
  { ratio: 1, calm: true },
  { ratio: 0.96, calm: true },
  { ratio: 1.04, calm: true },
  { ratio: 0.93, calm: false },
  { ratio: 1.07, calm: false },
  { ratio: 1, busy: 0.7, calm: false },
])('with a twin at $ratio the figures can be trusted: $calm', ({ ratio, busy = 1, calm }) => {
  expect(isCalm([ROW, { ...ROW, name: 'twin', ratio, busy }])).toBe(calm)
})
