import type { Pair } from './pairing.ts'
import { quantile, spread } from './statistics.ts'

/** What a row is about, in the order of the report. */
export const PATHS = ['fresh', 'neighbour', 'renew', 'renew-postgres', 'growth', 'revoke-all'] as const

export type Path = (typeof PATHS)[number]

/** How far a revocation reaches at once, as it was found by trying; what is pushed comes milliseconds later. */
export type Revocation = 'every process' | 'every process, pushed' | 'this process' | 'no'

/**
 * One line of the results. Every ratio is better the higher it is: to bare Express where a path has requests,
 * to the smallest database for `growth`, to the same change in bare SQL for `revoke-all`, to a bare loop of UPDATEs
 * for `renew-postgres`.
 */
export interface Row {
  readonly path: Path
  readonly name: string
  /** What it is, for people. */
  readonly title: string
  /** What is done for it, where that needs words. */
  readonly note?: string
  /** Median of the paired ratios of answers per second (or of their like), and its quartiles. */
  readonly ratio: number
  readonly q1: number
  readonly q3: number
  /** Median of the paired ratios of CPU (what the reference spends, through what this one spends), and its quartiles. */
  readonly cpuRatio: number
  readonly cpuQ1: number
  readonly cpuQ3: number
  /** Milliseconds. */
  readonly p99: number
  /** Answers (renewals, revocations of 1,000) per second; not comparable between runs. */
  readonly rate: number
  /** Microseconds of CPU for each of them. */
  readonly cpu: number
  /** The share of the time in which its process had its core. */
  readonly busy: number
  /** How many pairs the medians are of. */
  readonly pairs: number
  readonly revocation?: Revocation
  /** `growth` only: how many sessions the database has. */
  readonly sessions?: number
  /** `growth` only: bytes on disk per session, beyond the strings that it must keep. */
  readonly overhead?: number
  /** `growth` only: megabytes that the process takes after its renewals. */
  readonly memory?: number
}

/** Everything that a run found. */
export interface Report {
  readonly machine: Readonly<Record<string, string | number>>
  readonly versions: Readonly<Record<string, string>>
  readonly date: string
  readonly rows: readonly Row[]
}

type About = Pick<Row, 'path' | 'name' | 'title'> &
  Partial<Pick<Row, 'note' | 'revocation' | 'sessions' | 'overhead' | 'memory'>>

/** Sums up the pairs of one candidate. */
export function toRow(about: About, pairs: readonly Pair[]): Row {
  const ratio = spread(pairs.map((pair) => pair.ratio))
  const cpu = spread(pairs.map((pair) => pair.cpuRatio))
  const middle = (read: (pair: Pair) => number) => quantile(pairs.map(read), 0.5)
  return {
    ...about,
    ratio: ratio.median,
    q1: ratio.q1,
    q3: ratio.q3,
    cpuRatio: cpu.median,
    cpuQ1: cpu.q1,
    cpuQ3: cpu.q3,
    p99: middle((pair) => pair.p99),
    rate: middle((pair) => pair.rate),
    cpu: middle((pair) => pair.cpu),
    busy: middle((pair) => pair.busy),
    pairs: pairs.length,
  }
}

/** The row of a candidate, where it was measured. */
export function find(rows: readonly Row[], path: Path, name: string): Row | undefined {
  return rows.find((row) => row.path === path && row.name === name)
}
