import type { Row } from './results.ts'
import { bar, line, svg, text } from './svg.ts'

const WIDTH = 760
const LEFT = 250
const RIGHT = 172
const TOP = 86
const STEP = 34
const THICK = 18
const SPAN = WIDTH - LEFT - RIGHT

/** Beyond it only a disturbed machine gets. */
const WIDEST = 1.1

/** What the bars show: requests per second, or CPU. */
type Value = 'ratio' | 'cpuRatio'

/** Horizontal bars of ratios with their quartiles, and beside them how far a revocation reaches at once. */
export function plotBars(
  title: string,
  under: string,
  rows: readonly Row[],
  value: 'ratio' | 'cpuRatio',
): string {
  const height = TOP + rows.length * STEP + 40
  const floor = TOP + rows.length * STEP
  const x = (ratio: number) => LEFT + Math.min(ratio, WIDEST) * SPAN
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((tick) => [
    line(x(tick), TOP - 8, x(tick), floor, tick === 0 || tick === 1 ? 'axis' : 'line'),
    text(x(tick), floor + 18, tick.toFixed(2), 'quiet small', 'middle'),
  ])
  const bars = rows.flatMap((row, place) => drawRow(row, TOP + place * STEP, x, value))
  const label = `${title}: ${rows.map((row) => `${row.title} ${row[value].toFixed(2)}`).join(', ')}`
  return svg(WIDTH, height, label, [
    text(20, 30, title, 'text title'),
    text(20, 50, under, 'quiet small'),
    text(WIDTH - 20, TOP - 18, 'revoked at once in', 'quiet small', 'end'),
    ...grid,
    ...bars,
  ])
}

function drawRow(row: Row, y: number, x: (ratio: number) => number, value: Value): string[] {
  const middle = y + THICK / 2
  const baseline = middle + 4.5
  const isOurs = row.name.startsWith('ours')
  const colour = isOurs ? 'ours' : row.revocation === undefined ? 'reference' : 'peer'
  const [q1, q3] = value === 'ratio' ? [row.q1, row.q3] : [row.cpuQ1, row.cpuQ3]
  const ratio = row[value]
  return [
    text(LEFT - 10, baseline, row.title, isOurs ? 'text ours-name' : 'text', 'end'),
    bar(LEFT, y, x(ratio) - LEFT, THICK, colour),
    line(x(q1), middle, x(q3), middle, 'whisker'),
    line(x(q1), middle - 4, x(q1), middle + 4, 'whisker'),
    line(x(q3), middle - 4, x(q3), middle + 4, 'whisker'),
    text(Math.max(x(ratio), x(q3)) + 8, baseline, ratio.toFixed(2)),
    text(
      WIDTH - 20,
      baseline,
      row.revocation ?? '–',
      row.revocation === 'no' ? 'limit-text' : 'quiet',
      'end',
    ),
  ]
}
