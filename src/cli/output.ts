import stringWidth from 'string-width'
import { EXIT, type Terminal } from './command.ts'

/** How a table fits into a terminal. */
export interface TableFit {
  /** The columns of the terminal; without it the table is as wide as it is. */
  readonly width?: number | undefined
  /** The heading of the column that gives way where there is too little room. */
  readonly flexible: string
}

/** Two blanks between columns. */
const GAP = 2

/** Narrower than this, a shortened cell says nothing. */
const LEAST = 8

/** A table for people: one line per row, columns as wide as they need to be, whatever the script. */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  fit?: TableFit,
): string {
  const lines = [headings, ...rows].map((line) => line.map(printable))
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((line) => stringWidth(line[column] ?? ''))),
  )
  const shrunk = fit === undefined ? widths : shrink(widths, headings.indexOf(fit.flexible), fit.width)
  return lines
    .map((line) =>
      line
        .map((cell, column) => pad(shorten(cell, shrunk[column] ?? 0), shrunk[column] ?? 0))
        .join(' '.repeat(GAP))
        .trimEnd(),
    )
    .join('\n')
}

/** Writes a result: as JSON where it was asked for, else as a text. */
export function answer({ output }: Terminal, isJson: boolean, result: unknown, text: string): number {
  output.write(`${isJson ? JSON.stringify(result) : text}\n`)
  return EXIT.done
}

/** `1 session`, `2 sessions`, `12,000 sessions`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `12,000` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

/** `512 bytes`, `1.5 MB`; a thousand of each makes one of the next. */
export function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3))
  const value = bytes / 1000 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`
}

/** A time as people read it in a table: `2026-11-24 08:15`, in UTC. */
export function shortTime(date: Date): string {
  return date.toISOString().slice(0, 16).replace('T', ' ')
}

/** What clients sent must not steer the terminal, nor break the line. */
function printable(cell: string): string {
  return cell.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')
}

function shrink(widths: readonly number[], flexible: number, room: number | undefined): readonly number[] {
  if (room === undefined || flexible < 0) return widths
  const total = widths.reduce((sum, width) => sum + width + GAP, -GAP)
  return widths.map((width, column) =>
    column === flexible ? Math.min(width, Math.max(LEAST, width - (total - room))) : width,
  )
}

function shorten(cell: string, width: number): string {
  if (stringWidth(cell) <= width) return cell
  let short = ''
  for (const { segment } of new Intl.Segmenter().segment(cell)) {
    if (stringWidth(short + segment) > width - 1) break
    short += segment
  }
  return `${short}…`
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - stringWidth(cell)))
}
