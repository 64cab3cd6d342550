import { EXIT, type Terminal } from './command.ts'

/** A table for people: one line per row, columns as wide as they need to be. */
export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows]
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Writes a result: as JSON where it was asked for, else as a text. */
export function answer({ output }: Terminal, isJson: boolean, result: unknown, text: string): number {
  output.write(`${isJson ? JSON.stringify(result) : text}\n`)
  return EXIT.done
}

/** `1 session`, `2 sessions`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** A time as people read it in a table: `2026-11-24 08:15`, in UTC. */
export function shortTime(date: Date): string {
  return date.toISOString().slice(0, 16).replace('T', ' ')
}
