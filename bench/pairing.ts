import { shuffle } from './statistics.ts'

/** The beginning of a slice does not count: connections open, caches fill, and the server's heap grows again. */
export const RUN_UP_MS = 250

/** What one slice of load on one candidate gave. */
export interface Slice {
  /** Answers per second. */
  readonly rate: number
  /** Microseconds of the server's CPU for one answer, all its threads together. */
  readonly cpu: number
  /** Milliseconds within which 99 of 100 answers came. */
  readonly p99: number
  /** The share of the time in which the server had its core: 1 where nothing else held it up. */
  readonly busy: number
}

/** A slice beside those of the reference that ran right before and right after it. Higher is better in both. */
export interface Pair extends Slice {
  readonly ratio: number
  readonly cpuRatio: number
}

/** Something that can be measured for a while. */
export interface Measured<T> {
  readonly subject: T
  readonly slice: () => Promise<Slice>
}

/**
 * One round: a slice of everything in random order, each between two slices of the reference. Neighbours share
 * the reference between them.
 */
export async function round<T>(
  reference: () => Promise<Slice>,
  measured: readonly Measured<T>[],
  random: () => number = Math.random,
): Promise<Map<T, Pair>> {
  const pairs = new Map<T, Pair>()
  let before = await reference()
  for (const { subject, slice } of shuffle(measured, random)) {
    const own = await slice()
    const after = await reference()
    pairs.set(subject, pair(before, own, after))
    before = after
  }
  return pairs
}

/** Adds the pairs of a round to those of the rounds before. */
export function collect<T>(pairs: Map<T, Pair[]>, more: ReadonlyMap<T, Pair>): void {
  for (const [subject, one] of more) pairs.set(subject, [...(pairs.get(subject) ?? []), one])
}

/**
 * Relates a slice to the mean of the reference before and after it, so that what changes slowly on the machine
 * (its clock, its neighbours) falls out.
 */
export function pair(before: Slice, slice: Slice, after: Slice): Pair {
  return {
    ...slice,
    ratio: slice.rate / mean(before.rate, after.rate),
    cpuRatio: mean(before.cpu, after.cpu) / slice.cpu,
  }
}

function mean(a: number, b: number): number {
  return (a + b) / 2
}
