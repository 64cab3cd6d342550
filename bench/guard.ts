import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CANDIDATES } from './candidates/all.ts'
import { type Comparison, compare, DOUBT, formatComparisons, isCalm, isOurs, TOLERANCE } from './check.ts'
import { measureAll } from './measure.ts'
import type { Options } from './options.ts'
import type { Outcome } from './outcome.ts'
import { Progress } from './progress.ts'
import type { Report, Row } from './results.ts'

const BASELINE = join(import.meta.dirname, 'baseline.json')

/**
 * Compares this project with what it committed. What has fallen is measured once more, and fails only if it
 * falls again: it may have been the machine.
 */
export async function guard(folder: string, options: Options, progress: Progress): Promise<Outcome> {
  const { rows: baseline } = JSON.parse(readFileSync(BASELINE, 'utf8')) as Report
  const candidates = CANDIDATES.filter((one) => isOurs(one) || one.name === 'twin')
  const take = (name: string, progress: Progress): Promise<Row[]> => {
    const own = join(folder, name)
    mkdirSync(own)
    return measureAll(candidates, own, options, progress)
  }
  const first = await take('first', progress)
  const suspects = fallen(compare(baseline, first)).map(keyOf)
  if (suspects.length === 0) return judge(compare(baseline, first), [], first)

  progress.say(`once more, as these fell: ${suspects.join(', ')}`)
  const second = await take('second', new Progress())
  const comparisons = compare(baseline, second)
  const confirmed = fallen(comparisons).filter((one) => suspects.includes(keyOf(one)))
  return judge(comparisons, confirmed, second)
}

function judge(
  comparisons: readonly Comparison[],
  confirmed: readonly Comparison[],
  rows: readonly Row[],
): Outcome {
  const verdict =
    confirmed.length === 0
      ? 'Nothing has fallen.'
      : `Fallen by more than ${TOLERANCE * 100} %: ${confirmed.map(keyOf).join(', ')}.`
  const doubt = isCalm(rows) ? [] : [DOUBT]
  return {
    text: [formatComparisons(comparisons), ...doubt, verdict].join('\n'),
    isGood: confirmed.length === 0,
  }
}

function fallen(comparisons: readonly Comparison[]): Comparison[] {
  return comparisons.filter(({ hasFallen }) => hasFallen)
}

function keyOf({ row }: Comparison): string {
  return `${row.path}/${row.name}`
}
