import type { Command } from './command.ts'

/** Narrower than this, a meaning is not broken into lines any more. */
const LEAST = 24

/** The help of `sliding-jwt` itself, or of some of its commands; `width` is that of the terminal. */
export function overview(commands: readonly Command[], width: number | undefined): string {
  const rows = commands.map(({ name, takes, meaning }) => [[name, ...takes].join(' '), meaning] as const)
  return [
    'sliding-jwt: sessions with one JWT that renews itself and can be revoked',
    '',
    'Usage: sliding-jwt <command> [options]',
    '',
    ...columns(rows, width),
    '',
    '  --json      answers for machines',
    '  --help, -h  this help, or that of a command',
    '  --version',
    '',
    'sliding-jwt <command> --help has examples.',
    'Exit codes: 0 done, 1 failed, 2 called wrongly or a setting is wrong.',
  ].join('\n')
}

/** The help of one command. */
export function helpOf(
  { name, takes, meaning, options, variables = [], examples = [] }: Command,
  width: number | undefined,
): string {
  const rows = Object.entries(options).map(
    ([flag, option]) => [`--${flag}${option.type === 'string' ? ' …' : ''}`, option.meaning] as const,
  )
  return [
    `Usage: sliding-jwt ${[name, ...takes].join(' ')} [options]`,
    '',
    ...broken(`${meaning[0]?.toUpperCase()}${meaning.slice(1)}.`, width),
    '',
    ...columns([...rows, ['--json', 'answers for machines']], width),
    ...section('Environment variables without an option:', columns(variables, width)),
    ...section(
      'Examples:',
      examples.map((example) => `  sliding-jwt ${example}`),
    ),
  ].join('\n')
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', heading, '', ...lines]
}

function columns(rows: readonly (readonly [string, string])[], width: number | undefined): string[] {
  const left = Math.max(...rows.map(([name]) => name.length)) + 4
  return rows.flatMap(([name, meaning]) =>
    broken(meaning, width === undefined ? undefined : width - left).map((line, index) =>
      `${index === 0 ? `  ${name}` : ''}`.padEnd(left).concat(line),
    ),
  )
}

/** A text in lines that fit, where it is known what fits. */
function broken(text: string, room: number | undefined): string[] {
  if (room === undefined || room < LEAST) return [text]
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > room) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
