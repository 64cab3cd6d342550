import pg from 'pg'
import { type PostgresServer, startPostgres } from '../test/postgres/server.ts'
import { answer } from './questions.ts'

/** After so many milliseconds a PostgreSQL that does not stop is left to itself. */
const STOP_MS = 10_000

let server: PostgresServer | undefined
let places = 0

/** A process that has a PostgreSQL, and takes it along when it ends, however its parent does. */
export const questions = {
  /** @throws Error where it cannot be started. */
  async start(): Promise<void> {
    server = await startPostgres({ isDurable: true, handlesSignals: true })
    if (server === undefined) throw new Error('there is none for this platform')
  },

  /** Makes an empty place, a schema of its own; answers with its URL. */
  async place(): Promise<string> {
    if (server === undefined) throw new Error('there is no PostgreSQL')
    places += 1
    const schema = `place_${places}`
    const client = new pg.Client(server.url)
    await client.connect()
    await client.query(`CREATE SCHEMA ${schema}`)
    await client.end()
    const url = new URL(server.url)
    url.searchParams.set('options', `-c search_path=${schema}`)
    return url.href
  },
}

// Those end the parent, which ends this.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
answer(questions, async () => {
  setTimeout(() => process.exit(), STOP_MS).unref()
  await server?.stop()
})
