import { randomBytes } from 'node:crypto'
import { Child } from './child.ts'
import { FEWEST_ROUNDS, type Options } from './options.ts'
import { collect, type Pair, round } from './pairing.ts'
import type { Postgres } from './postgres.ts'
import type { questions } from './postgres-worker.ts'
import type { Progress } from './progress.ts'
import { type Row, toRow } from './results.ts'

const SLICE_MS = 400

/** Slices of each that do not count. */
const WARM_UPS = 4

/** The writers, of which the first is the reference of all. */
const ABOUT = [
  {
    name: 'bare',
    title: 'a bare loop of UPDATEs',
    note: 'pg, 10 connections; one prepared UPDATE of a row by its key, and its commit, on each at a time',
  },
  {
    name: 'ours',
    title: 'sliding-jwt',
    note: '10 connections, 50 renewals wait at a time; each verifies, decides, updates its row by its key and signs; those that wait share a statement and a commit',
  },
  {
    name: 'ours-read',
    title: 'sliding-jwt, nothing in memory',
    note: 'the same, but each reads its record first, in a statement of its own',
  },
] as const

type Writer = (typeof ABOUT)[number]

/**
 * Renewals on PostgreSQL, paired with UPDATEs of as many other rows of the same table by a bare loop, in one
 * process on the server's core. The database has the other core; commits of both wait for the disk.
 */
export async function measureRenewPostgres(
  postgres: Postgres,
  options: Options,
  progress: Progress,
): Promise<Row[]> {
  progress.say('filling a PostgreSQL with sessions')
  const worker = new Child<typeof questions>('postgres-worker.ts', 'server')
  const slice = (writer: Writer) => () => worker.ask('write', { writer: writer.name, milliseconds: SLICE_MS })
  const [bare] = ABOUT
  try {
    await worker.ask('open', {
      database: await postgres.place(),
      secret: randomBytes(32).toString('base64url'),
    })
    for (let turn = 0; turn < WARM_UPS; turn += 1) for (const writer of ABOUT) await slice(writer)()
    const pairs = new Map<Writer, Pair[]>()
    for (let done = 0; done < options.storeRounds; done += 1) {
      if (done >= FEWEST_ROUNDS && progress.seconds > options.until.postgres) break
      progress.say(`renewals on PostgreSQL: round ${done + 1} of ${options.storeRounds}`)
      const measured = ABOUT.map((writer) => ({ subject: writer, slice: slice(writer) }))
      collect(pairs, await round<Writer>(slice(bare), measured))
    }
    return ABOUT.map((writer) => toRow({ path: 'renew-postgres', ...writer }, pairs.get(writer) ?? []))
  } finally {
    await worker.stop()
  }
}
