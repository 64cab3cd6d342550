import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CANDIDATES, isControl } from './candidates/all.ts'
import { type Comparison, compare, DOUBT, formatComparisons, isCalm, isOurs, TOLERANCE } from './check.ts'
import { measureAll } from './measure.ts'
import type { Options } from './options.ts'
import type { Outcome } from './outcome.ts'
import { Progress } from './progress.ts'
import type { Report, Row } from './results.ts'

const BASELINE = join(import.meta.dirname, 'baseline.json')

const NO_BASELINE =
  'There is nothing to compare with. On a quiet machine: npm run bench -- --json bench/baseline.json'

/**
 * Compares this project with what it committed. What has fallen is measured once more, and fails only if it
 * falls again: it may have been the machine.
 */
export async function guard(folder: string, options: Options, progress: Progress): Promise<Outcome> {
  if (!existsSync(BASELINE)) return { text: NO_BASELINE, exitCode: 2 }
  const { rows: baseline } = JSON.parse(readFileSync(BASELINE, 'utf8')) as Report
  const candidates = CANDIDATES.filter((one) => isOurs(one) || isControl(one))
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

/** On a busy machine a fall proves nothing. */
function judge(
  comparisons: readonly Comparison[],
  confirmed: readonly Comparison[],
  rows: readonly Row[],
): Outcome {
  const lines = formatComparisons(comparisons)
  if (confirmed.length === 0) return { text: `${lines}\nNothing has fallen.`, exitCode: 0 }
  const verdict = `Fallen by more than ${TOLERANCE * 100} %: ${confirmed.map(keyOf).join(', ')}.`
  return isCalm(rows)
    ? { text: `${lines}\n${verdict}`, exitCode: 1 }
    : { text: `${lines}\n${verdict}\n${DOUBT}`, exitCode: 2 }
}

function fallen(comparisons: readonly Comparison[]): Comparison[] {
  return comparisons.filter(({ hasFallen }) => hasFallen)
}

function keyOf({ row }: Comparison): string {
  return `${row.path}/${row.name}`
}
