import { describe, expect, test } from 'vitest'
import { collect, type Pair, pair, round, type Slice } from '../../bench/pairing.ts'
import { quantile, shuffle, spread } from '../../bench/statistics.ts'

describe('quantile', () => {
  test.each([
    { values: [5], q: 0.99, is: 5 },
    { values: [3, 1, 2], q: 0.5, is: 2 },
    { values: [4, 1, 3, 2], q: 0.5, is: 2.5 },
    { values: [1, 2, 3, 4, 5], q: 0.25, is: 2 },
    { values: [10, 20], q: 0.75, is: 17.5 },
    { values: [100, 9, 20], q: 0, is: 9 },
    { values: [100, 9, 20], q: 1, is: 100 },
  ])('$q of $values is $is', ({ values, q, is }) => {
    expect(quantile(values, q)).toBe(is)
  })

  test('of nothing is no number', () => {
    expect(quantile([], 0.5)).toBeNaN()
  })

  test('leaves the values in their order', () => {
    const values = [3, 1, 2]
    quantile(values, 0.5)
    expect(values).toEqual([3, 1, 2])
  })
})

test('one disturbed slice moves neither the median nor the quartiles', () => {
  expect(spread([0.9, 0.91, 0.92, 0.93, 0.94])).toEqual({ median: 0.92, q1: 0.91, q3: 0.93 })
  expect(spread([0.9, 0.91, 0.92, 0.93, 9.4])).toEqual({ median: 0.92, q1: 0.91, q3: 0.93 })
})

describe('shuffle', () => {
  test('keeps every value once and leaves the given list alone', () => {
    const values = [1, 2, 3, 4, 5]
    const shuffled = shuffle(values, Math.random)
    expect(values).toEqual([1, 2, 3, 4, 5])
    expect(shuffled.sort()).toEqual(values)
  })

  test('brings every order about equally often', () => {
    const counts = new Map<string, number>()
    const random = numbers(1)
    for (let turn = 0; turn < 6_000; turn += 1) {
      const order = shuffle(['a', 'b', 'c'], random).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    for (const count of counts.values()) expect(count).toBeGreaterThan(850)
  })
})

describe('pair', () => {
  const slice = (rate: number, cpu: number): Slice => ({ rate, cpu, p99: 7, busy: 1 })

  test('relates to the mean of the reference before and after', () => {
    expect(pair(slice(900, 90), slice(500, 200), slice(1100, 110))).toEqual({
      rate: 500,
      cpu: 200,
      p99: 7,
      busy: 1,
      ratio: 0.5,
      cpuRatio: 0.5,
    })
  })

  test('a steady change of the machine falls out', () => {
    expect(pair(slice(1000, 100), slice(900, 120), slice(800, 140)).ratio).toBe(1)
    expect(pair(slice(1000, 100), slice(900, 120), slice(800, 140)).cpuRatio).toBe(1)
  })
})

test('a round takes each once, between two slices of the reference that neighbours share', async () => {
  const order: string[] = []
  let rate = 0
  const measure = (name: string) => async () => {
    order.push(name)
    rate += 10
    return { rate, cpu: 1, p99: 1, busy: 1 }
  }
  const measured = ['a', 'b'].map((subject) => ({ subject, slice: measure(subject) }))
  const pairs = await round(measure('reference'), measured, () => 0)
  expect(order).toEqual(['reference', 'b', 'reference', 'a', 'reference'])
  expect(pairs.get('b')?.ratio).toBe(20 / ((10 + 30) / 2))
  expect(pairs.get('a')?.ratio).toBe(40 / ((30 + 50) / 2))
})

test('pairs of several rounds are kept together', () => {
  const pairs = new Map<string, Pair[]>()
  const one: Pair = { rate: 1, cpu: 1, p99: 1, busy: 1, ratio: 0.5, cpuRatio: 0.5 }
  collect(pairs, new Map([['a', one]]))
  collect(
    pairs,
    new Map([
      ['a', { ...one, ratio: 0.7 }],
      ['b', one],
    ]),
  )
  expect(pairs.get('a')?.map(({ ratio }) => ratio)).toEqual([0.5, 0.7])
  expect(pairs.get('b')).toHaveLength(1)
})

/** The same random numbers each time. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}
