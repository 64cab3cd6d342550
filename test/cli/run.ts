import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { main } from '../../src/cli/main.ts'
import { temporaryFolder } from '../support/files.ts'

/** What a command answered. */
export interface Ran {
  readonly exit: number
  readonly output: string
  readonly error: string
}

/** A folder with a database of its own, and the commands on it. */
export function cli() {
  const folder = temporaryFolder()
  const database = join(folder, 'sessions.db')
  return {
    folder,
    database,
    /** Runs a command; `input` is what comes on standard input. */
    async run(words: string, { input = '', environment = {}, columns }: RunOptions = {}): Promise<Ran> {
      const [output, error] = [streamOf(columns), streamOf(columns)]
      const exit = await main(words.split(' ').filter(Boolean), {
        input: Readable.from([input]),
        output,
        error,
        environment: { DATABASE_URL: database, ...environment },
      })
      return { exit, output: read(output), error: read(error) }
    },
  }
}

interface RunOptions {
  readonly input?: string
  readonly environment?: Readonly<Record<string, string>>
  /** The width of the terminal that a person sits at. Default: there is none. */
  readonly columns?: number
}

function streamOf(columns: number | undefined) {
  return Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns })
}

function read(stream: PassThrough): string {
  return stream.read()?.toString() ?? ''
}
