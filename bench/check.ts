import { find, type Row } from './results.ts'

/** By how much a paired ratio may fall. */
export const TOLERANCE = 0.1

/** How far the A/A twin may be from 1 before nothing can be told from the figures. */
const CALM = 0.05

/** What to say where it was not. */
export const DOUBT =
  'The A/A twin is not alike, or did not have its core: the machine is too busy to trust these figures.'

/** A row beside the one that was committed. */
export interface Comparison {
  readonly row: Row
  readonly was: number
  readonly is: number
  readonly hasFallen: boolean
}

/**
 * Compares what this project is responsible for with the committed results. Peers are left out, as are controls,
 * and rows that either side does not have.
 */
export function compare(baseline: readonly Row[], rows: readonly Row[]): Comparison[] {
  return rows.filter(isOurs).flatMap((row) => {
    const before = find(baseline, row.path, row.name)
    if (before === undefined) return []
    const [was, is] = [guarded(before), guarded(row)]
    return [{ row, was, is, hasFallen: is < was * (1 - TOLERANCE) }]
  })
}

/** How much of its core the twin must have had. */
const UNDISTURBED = 0.85

/** Whether the machine was quiet enough: two servers that are alike must look alike, and have a core. */
export function isCalm(rows: readonly Row[]): boolean {
  const twin = find(rows, 'fresh', 'twin')
  return twin === undefined || (Math.abs(twin.ratio - 1) <= CALM && twin.busy >= UNDISTURBED)
}

/** One line for each comparison. */
export function formatComparisons(comparisons: readonly Comparison[]): string {
  return comparisons
    .map(({ row, was, is, hasFallen }) => {
      const change = `${is >= was ? '+' : ''}${((is / was - 1) * 100).toFixed(1)} %`
      const what = `${row.path}: ${row.title}`
      return `${hasFallen ? '✗' : '✓'} ${what.padEnd(52)} ${was.toFixed(3)} → ${is.toFixed(3)}  ${change}`
    })
    .join('\n')
}

/** Whether this project can make a row better or worse. */
export function isOurs({ name, path }: Pick<Row, 'name' | 'path'>): boolean {
  return name.startsWith('ours') || (path === 'growth' && name !== SMALLEST)
}

/** It is the reference of all that are larger, and beside itself a control. */
const SMALLEST = '10k'

/** A durable renewal waits for the disk, which is not ours: there the CPU counts. */
function guarded({ path, ratio, cpuRatio }: Row): number {
  return path === 'renew' || path === 'renew-postgres' ? cpuRatio : ratio
}
