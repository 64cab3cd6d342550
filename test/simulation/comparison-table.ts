import type { DesignResult } from './compare.ts'

const COLUMNS: readonly { readonly title: string; readonly cell: (design: DesignResult) => string }[] = [
  { title: 'design', cell: ({ name }) => name },
  {
    title: 'honest log-outs per 1,000 device-days',
    cell: ({ honestLogoutsPer1000DeviceDays: rate }) => significant(rate),
  },
  {
    title: 'a stolen copy works: median',
    cell: ({ stolenWorks }) => duration(stolenWorks.median),
  },
  { title: 'max', cell: ({ stolenWorks }) => duration(stolenWorks.max) },
  { title: 'thefts detected', cell: ({ detectedShare }) => `${significant(100 * detectedShare)} %` },
  {
    title: 'database reads / writes per request',
    cell: ({ readsPerRequest, writesPerRequest }) =>
      `${readsPerRequest.toFixed(2)} / ${writesPerRequest.toFixed(2)}`,
  },
  {
    title: 'extra requests of the client per 1,000',
    cell: ({ extraPer1000Requests }) => significant(extraPer1000Requests),
  },
]

/** The comparison as a table that reads well in a terminal and in Markdown. */
export function comparisonTable(results: readonly DesignResult[]): string {
  const rows = [
    COLUMNS.map(({ title }) => title),
    ...results.map((one) => COLUMNS.map(({ cell }) => cell(one))),
  ]
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells: readonly string[], fill = ' ') =>
    `| ${cells.map((cell, column) => align(cell, column, widths[column] ?? 0, fill)).join(' | ')} |`
  const [head = [], ...body] = rows
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [line(head), rule, ...body.map((row) => line(row))].join('\n')
}

function align(cell: string, column: number, width: number, fill: string): string {
  return column === 0 ? cell.padEnd(width, fill) : cell.padStart(width, fill)
}

function significant(value: number): string {
  if (value === 0) return '0'
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(2)
}

/** In the largest unit that leaves a figure above 1. */
export function duration(milliseconds: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ] as const
  const [size, unit] = units.find(([size]) => milliseconds >= size) ?? [1_000, 's']
  const value = milliseconds / size
  return `${value >= 10 || value === 0 ? Math.round(value) : value.toFixed(1)} ${unit}`
}
