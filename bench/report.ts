import { DOUBT, isCalm } from './check.ts'
import { find, type Path, type Report, type Row } from './results.ts'

const HEADINGS: Readonly<Record<Path, string>> = {
  fresh: 'A fresh token, GET /me; ratios to bare Express',
  renew: 'Every request renews its session, durable; ratios to bare Express',
  neighbour: 'A fresh token while another process renews sessions in the same file; ratios to bare Express',
  'renew-postgres': 'A renewal on PostgreSQL, durable, without HTTP; ratios to a bare loop of UPDATEs',
  growth: 'A renewal as the database grows, without HTTP; ratios to the smallest',
  'revoke-all': 'Revoking all sessions of a user, durable; ratios to the same UPDATE in bare SQL',
}

const NO_POSTGRES = 'Nothing was measured on PostgreSQL: it was not asked for, or could not be started.\n'

/** The results as a text for a terminal. */
export function formatReport({ machine, versions, date, rows }: Report): string {
  const paths = (Object.keys(HEADINGS) as Path[]).filter((path) => rows.some((row) => row.path === path))
  const facts = (about: Readonly<Record<string, string | number>>) =>
    Object.entries(about)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')
  return [
    ...paths.map((path) => `${HEADINGS[path]}\n\n${formatPath(rows.filter((row) => row.path === path))}\n`),
    ...(rows.some(isOnPostgres) ? [] : [NO_POSTGRES]),
    formatTargets(rows),
    ...(isCalm(rows) ? [] : [`${DOUBT}\n`]),
    `Machine: ${facts(machine)}`,
    `Versions: ${facts(versions)}`,
    `Date: ${date}`,
  ].join('\n')
}

function isOnPostgres({ path, name }: Row): boolean {
  return path === 'renew-postgres' || name === 'ours-postgres'
}

function formatPath(rows: readonly Row[]): string {
  const isGrowth = rows.some(({ path }) => path === 'growth')
  const headings = ['', 'ratio', 'quartiles', 'CPU ratio', 'per second', 'CPU µs', 'busy', 'p99 ms']
  headings.push(...(isGrowth ? ['bytes beyond strings', 'memory MB'] : ['revoked at once in']))
  const lines = rows.map((row) => [
    row.title,
    row.ratio.toFixed(3),
    `${row.q1.toFixed(3)}–${row.q3.toFixed(3)}`,
    row.cpuRatio.toFixed(3),
    short(row.rate),
    short(row.cpu),
    `${Math.round(row.busy * 100)} %`,
    short(row.p99),
    ...(isGrowth ? [short(row.overhead), short(row.memory)] : [row.revocation ?? '']),
  ])
  const notes = rows.flatMap(({ title, note }) => (note === undefined ? [] : [`${title}: ${note}`]))
  return [columns([headings, ...lines]), ...(notes.length === 0 ? [] : ['', ...notes])].join('\n')
}

/** Three digits are all that such a measurement knows. */
function short(value: number | undefined): string {
  if (value === undefined) return ''
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(2)))
}

/** The first column to the left, the others to the right. */
function columns(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, place) =>
    Math.max(...lines.map((line) => line[place]?.length ?? 0)),
  )
  return lines
    .map((line) =>
      line
        .map((cell, place) =>
          place === 0 ? cell.padEnd(widths[place] ?? 0) : cell.padStart(widths[place] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** One figure that the project has set itself, and what was found. */
export interface Target {
  readonly what: string
  readonly value: number
  readonly limit: number
  readonly isMet: boolean
}

/** The targets of the project as far as the rows have what they ask for. */
export function targetsOf(rows: readonly Row[]): Target[] {
  const value = (path: Path, name: string, read: (row: Row) => number | undefined) => {
    const row = find(rows, path, name)
    return (row && read(row)) ?? Number.NaN
  }
  const ratio = (row: Row) => row.ratio
  const rate = (row: Row) => row.rate
  const cpu = (row: Row) => row.cpuRatio
  const twin = value('fresh', 'twin', ratio)
  const largest = rows.filter(({ path }) => path === 'growth').at(-1)
  return [
    atLeast('fresh, one process, to the A/A twin', value('fresh', 'ours-single', ratio) / twin, 0.97),
    atLeast('fresh, immediate across processes, to the A/A twin', value('fresh', 'ours', ratio) / twin, 0.92),
    atLeast(
      'fresh beside a process that writes, to alone, by CPU and without what the machine takes',
      value('neighbour', 'ours', cpu) /
        value('neighbour', 'ours-alone', cpu) /
        (value('neighbour', 'empty', cpu) / value('neighbour', 'empty-alone', cpu)),
      0.9,
    ),
    atLeast('fresh on PostgreSQL, to the A/A twin', value('fresh', 'ours-postgres', ratio) / twin, 0.92),
    atLeast('renewal on PostgreSQL, to a bare UPDATE', value('renew-postgres', 'ours', ratio), 0.8),
    atLeast('durable renewal, to bare Express by CPU', value('renew', 'ours', cpu), 0.45),
    atLeast(
      'durable renewal, times better-auth',
      value('renew', 'ours', rate) / value('renew', 'better-auth', rate),
      12,
    ),
    atMost(`cost of a renewal, ${largest?.name} to 10k sessions`, 1 / (largest?.ratio ?? Number.NaN), 4),
    atMost('bytes of a session beyond its strings', largest?.overhead ?? Number.NaN, 100),
    atMost(
      'milliseconds to revoke 1,000 sessions',
      value('revoke-all', 'ours', (row) => 1000 / row.rate),
      2,
    ),
  ].filter((target) => !Number.isNaN(target.value))
}

function atLeast(what: string, value: number, limit: number): Target {
  return { what: `${what} (at least ${limit})`, value, limit, isMet: value >= limit }
}

function atMost(what: string, value: number, limit: number): Target {
  return { what: `${what} (at most ${limit})`, value, limit, isMet: value <= limit }
}

function formatTargets(rows: readonly Row[]): string {
  const lines = targetsOf(rows).map(
    ({ what, value, isMet }) => `${isMet ? '✓' : '✗'} ${what}: ${short(value)}`,
  )
  return lines.length === 0 ? '' : `Targets\n\n${lines.join('\n')}\n`
}
