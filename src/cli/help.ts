import type { Command } from './command.ts'

/** The help of `sliding-jwt` itself. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, takes, meaning }) => [[name, ...takes].join(' '), meaning] as const)
  return [
    'sliding-jwt: sessions with one JWT that renews itself and can be revoked',
    '',
    'Usage: sliding-jwt <command> [options]',
    '',
    ...columns(rows),
    '',
    '  --json     answers for machines',
    '  --help     this help, or that of a command',
    '  --version',
    '',
    'sliding-jwt <command> --help has examples.',
    'Exit codes: 0 done, 1 failed, 2 called wrongly or a setting is wrong.',
  ].join('\n')
}

/** The help of one command. */
export function helpOf({ name, takes, meaning, options, examples = [] }: Command): string {
  const rows = Object.entries(options).map(
    ([flag, option]) => [`--${flag}${option.type === 'string' ? ' …' : ''}`, option.meaning] as const,
  )
  return [
    `Usage: sliding-jwt ${[name, ...takes].join(' ')} [options]`,
    '',
    `${meaning[0]?.toUpperCase()}${meaning.slice(1)}.`,
    '',
    ...columns([...rows, ['--json', 'answers for machines']]),
    ...(examples.length === 0
      ? []
      : ['', 'Examples:', '', ...examples.map((example) => `  sliding-jwt ${example}`)]),
  ].join('\n')
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
