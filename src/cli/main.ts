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
    return report(error, argv, terminal)
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  if (argv.includes('--version')) return print(terminal, VERSION)
  const { columns } = terminal.output
  const asksForHelp = argv.includes('--help') || argv.includes('-h')
  const command = commandOf(argv)
  if (command === undefined) {
    const group = groupOf(argv)
    if (asksForHelp) return print(terminal, overview(group.length > 0 ? group : COMMANDS, columns))
    throw new UsageError(missing(argv, group))
  }
  if (asksForHelp) return print(terminal, helpOf(command, columns))
  const { values, positionals } = parse(argv.slice(command.name.split(' ').length), command)
  if (positionals.length !== command.takes.length) {
    throw new UsageError(`${command.name} takes ${command.takes.join(' ') || 'no arguments'}`)
  }
  return command.run({ terminal, positionals, flags: values })
}

function commandOf(argv: readonly string[]): Command | undefined {
  return COMMANDS.find(({ name }) => startsWith(argv, name.split(' ')))
}

/** The commands that begin with the same word, such as those of `user`. */
function groupOf([first]: readonly string[]): readonly Command[] {
  return COMMANDS.filter(({ name }) => name.startsWith(`${first} `))
}

/** What is wrong with words that name no command; `group` are those of the first word. */
function missing(argv: readonly string[], group: readonly Command[]): string {
  if (argv.length === 0) return 'a command is missing'
  if (group.length === 0) return `there is no command ${argv.join(' ')}`
  const seconds = group.map(({ name }) => name.slice((argv[0] ?? '').length + 1))
  return `${argv[0]} is followed by ${new Intl.ListFormat('en', { type: 'disjunction' }).format(seconds)}`
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
    const [message = ''] = (error as Error).message.split('. ')
    const known = [...Object.keys(command.options), 'json'].map((flag) => `--${flag}`)
    const unknown = /^Unknown option '(.*)'$/.exec(message)?.[1]
    throw new UsageError(
      unknown === undefined
        ? message
        : `${command.name} has no option ${unknown}; it takes ${known.join(', ')}`,
    )
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

function report(error: unknown, argv: readonly string[], { error: stream }: Terminal): number {
  const { code, message, exit } = describe(error)
  const isJson = argv.includes('--json')
  stream.write(isJson ? `${JSON.stringify({ error: { code, message } })}\n` : `sliding-jwt: ${message}\n`)
  if (code === 'usage' && !isJson) {
    const topic = commandOf(argv)?.name ?? (groupOf(argv).length > 0 ? argv[0] : undefined)
    stream.write(`Try: sliding-jwt ${topic === undefined ? '' : `${topic} `}--help\n`)
  }
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

/** Who pipes the output into something that reads only its beginning is not told that the rest has nowhere to go. */
function processTerminal(): Terminal {
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') process.exit(EXIT.done)
  })
  return { input: process.stdin, output: process.stdout, error: process.stderr, environment: process.env }
}
