import { parseArgs } from 'node:util'
import { ConfigurationError, SlidingSessionError } from '../index.ts'
import { VERSION } from '../server/version.ts'
import { type Command, CommandError, EXIT, type Terminal, UsageError } from './command.ts'
import { COMMANDS } from './commands.ts'
import { helpOf, overview } from './help.ts'

/** Runs `sliding-jwt` with the words that follow it; answers with the exit code. */
export async function main(argv: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  try {
    return await dispatch(argv, terminal)
  } catch (error) {
    return report(error, argv.includes('--json'), terminal)
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  if (argv.includes('--version')) return print(terminal, VERSION)
  const command = COMMANDS.find(({ name }) => startsWith(argv, name.split(' ')))
  if (command === undefined) {
    if (argv.includes('--help')) return print(terminal, overview(COMMANDS))
    throw new UsageError(argv.length === 0 ? 'a command is missing' : `there is no command ${argv.join(' ')}`)
  }
  if (argv.includes('--help')) return print(terminal, helpOf(command))
  const { values, positionals } = parse(argv.slice(command.name.split(' ').length), command)
  if (positionals.length !== command.takes.length) {
    throw new UsageError(`${command.name} takes ${command.takes.join(' ') || 'no arguments'}`)
  }
  return command.run({ terminal, positionals, flags: values })
}

function parse(words: readonly string[], command: Command) {
  try {
    return parseArgs({
      args: withIdentifiersLast(words),
      options: { ...command.options, json: { type: 'boolean' } },
      allowPositionals: true,
      strict: true,
    })
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0] ?? '')
  }
}

/** A `jti` may begin with a hyphen and is no option for that: it goes behind `--`. */
function withIdentifiersLast(words: readonly string[]): string[] {
  const isIdentifier = (word: string): boolean => /^-[\w-]{21}$/.test(word) && !word.startsWith('--')
  const identifiers = words.filter(isIdentifier)
  if (identifiers.length === 0 || words.includes('--')) return [...words]
  return [...words.filter((word) => !isIdentifier(word)), '--', ...identifiers]
}

function startsWith(argv: readonly string[], words: readonly string[]): boolean {
  return words.every((word, index) => argv[index] === word)
}

function report(error: unknown, isJson: boolean, { error: stream }: Terminal): number {
  const { code, message, exit } = describe(error)
  stream.write(isJson ? `${JSON.stringify({ error: { code, message } })}\n` : `sliding-jwt: ${message}\n`)
  if (exit === EXIT.usage && code === 'usage' && !isJson) stream.write('Try: sliding-jwt --help\n')
  return exit
}

function describe(error: unknown): { code: string; message: string; exit: number } {
  if (error instanceof UsageError) return { code: 'usage', message: error.message, exit: EXIT.usage }
  if (error instanceof ConfigurationError) {
    return { code: error.code, message: error.message, exit: EXIT.usage }
  }
  if (error instanceof CommandError || error instanceof SlidingSessionError) {
    return { code: error.code, message: error.message, exit: EXIT.failed }
  }
  return { code: 'internal', message: (error as Error).message, exit: EXIT.failed }
}

function print({ output }: Terminal, text: string): number {
  output.write(`${text}\n`)
  return EXIT.done
}

function processTerminal(): Terminal {
  return { input: process.stdin, output: process.stdout, error: process.stderr, environment: process.env }
}
