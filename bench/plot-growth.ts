import type { Row } from './results.ts'
import { curve, dot, line, svg, text } from './svg.ts'

const WIDTH = 760
const HEIGHT = 360
const [LEFT, RIGHT, TOP, BOTTOM] = [70, 130, 84, 300]

/** A renewal may cost this many times as much in the largest database as in the smallest. */
const LIMIT = 4

interface Point {
  readonly row: Row
  readonly x: number
  /** Times what the smallest takes, by the clock and by CPU. */
  readonly time: number
  readonly cpu: number
}

/** Lines of what a renewal costs, over the number of sessions. */
export function plotGrowth(title: string, under: string, rows: readonly Row[]): string {
  const points = rows.map((row, place) => toPoint(row, place, rows.length))
  const top = Math.max(LIMIT + 1, ...points.flatMap(({ time, cpu }) => [time, cpu]).map(Math.ceil))
  const y = (times: number) => BOTTOM - (times / top) * (BOTTOM - TOP)
  const ticks = Array.from({ length: top + 1 }, (_, tick) => tick)
  const label = `${title}: ${points.map(({ row, time }) => `${row.name} ${time.toFixed(2)} times`).join(', ')}`
  return svg(WIDTH, HEIGHT, label, [
    text(20, 30, title, 'text title'),
    text(20, 50, under, 'quiet small'),
    ...ticks.flatMap((tick) => [
      line(LEFT, y(tick), WIDTH - RIGHT, y(tick), tick === 0 ? 'axis' : 'line'),
      text(LEFT - 10, y(tick) + 4, `${tick} ×`, 'quiet small', 'end'),
    ]),
    line(LEFT, y(LIMIT), WIDTH - RIGHT, y(LIMIT), 'limit'),
    text(LEFT + 8, y(LIMIT) - 6, `target: at most ${LIMIT} ×`, 'limit-text small'),
    ...drawLine(points, 'cpu', y),
    ...drawLine(points, 'time', y),
    ...points.map(({ row, x }) => text(x, BOTTOM + 20, `${row.name} sessions`, 'text', 'middle')),
    ...points.map(({ row, x }) => text(x, BOTTOM + 38, bytes(row), 'quiet small', 'middle')),
  ])
}

function toPoint(row: Row, place: number, count: number): Point {
  const step = (WIDTH - LEFT - RIGHT - 80) / Math.max(count - 1, 1)
  return { row, x: LEFT + 40 + place * step, time: 1 / row.ratio, cpu: 1 / row.cpuRatio }
}

/** A line of one measure, with its name and its last figure at the end. */
function drawLine(points: readonly Point[], measure: 'time' | 'cpu', y: (times: number) => number): string[] {
  const { stroke, fill, words, dashes } = LOOKS[measure]
  return [
    curve(
      points.map((point) => [point.x, y(point[measure])] as const),
      stroke,
      dashes,
    ),
    ...points.map((point) => dot(point.x, y(point[measure]), fill)),
    ...points.slice(-1).map((last) => {
      const other = measure === 'time' ? last.cpu : last.time
      const isAbove = last[measure] > other || (last[measure] === other && measure === 'time')
      return text(last.x + 12, y(last[measure]) + (isAbove ? -6 : 16), nameOf(last, measure), words)
    }),
  ]
}

const LOOKS = {
  time: { stroke: 'stroke-ours', fill: 'ours', words: 'text ours-name', dashes: '' },
  cpu: { stroke: 'stroke-peer', fill: 'reference', words: 'quiet', dashes: '5 4' },
}

function nameOf({ row }: Point, measure: 'time' | 'cpu'): string {
  return measure === 'time' ? `time, ${short(1_000_000 / row.rate)} µs` : `CPU, ${short(row.cpu)} µs`
}

function bytes({ overhead }: Row): string {
  return overhead === undefined ? '' : `${Math.round(overhead)} bytes + strings`
}

function short(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(2)
}
