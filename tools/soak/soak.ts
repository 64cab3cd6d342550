import { once } from 'node:events'
import { statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { Prng } from '../../test/simulation/prng.ts'
import { type ServerProcess, spawnServer } from '../../test/support/server-process.ts'
import { Client } from './client.ts'
import type { Memory } from './memory-probe.ts'
import { inParallel, type Neighbour, startNeighbour } from './neighbour.ts'
import { slopeOf } from './slope.ts'
import { Tally } from './tally.ts'
import { Visitor } from './visitor.ts'

const VISITORS = 16
const PRUNE_EVERY_MS = 5_000

/**
 * So many sessions of another process are shown to the server each second: what it remembers of sessions goes by
 * halves, too, and logins with passwords are too slow for that.
 */
const NEWCOMERS = 200
const MAX_AGE_MS = 60_000

/**
 * Tokens so short-lived that most requests renew, and sessions so short-lived that many end. What the server
 * remembers goes by halves, whenever 5,000 tokens are new: in a minute that must happen several times, or its
 * rise in between is taken for growth.
 */
const LIMITS = { TOKEN_TTL: '60ms', GRACE: '1s', IDLE_TIMEOUT: '20s', MAX_AGE: '60s' }

const ADMIN = { username: 'root', password: 'correct horse battery' }
const SECRET = 'a secret of the soak, which is 32 bytes or longer'

export interface SoakOptions {
  /** How long the load lasts, the warm-up included. */
  readonly seconds: number
  /** What comes before this is not judged. */
  readonly warmUp: number
  /** How often memory is looked at, in seconds. */
  readonly every: number
  readonly seed: number
  /** Sessions that are shown to the server before all else, so that its memory of sessions is full from then on. */
  readonly fill: number
  /** The path of a database that does not exist yet. */
  readonly database: string
  /** What tells of the server's memory. Default `memory-probe.ts`. */
  readonly probe?: URL
  readonly onSample?: (sample: Sample, tally: Tally) => void
}

/** What was seen at one moment; sizes in MB. */
export interface Sample {
  readonly seconds: number
  readonly rss: number
  /** What is still held after a full collection. */
  readonly heap: number
  readonly external: number
  readonly wal: number
  readonly file: number
}

export interface SoakReport {
  readonly counts: Tally['counts']
  /** The first of what went wrong, in words. */
  readonly wrong: readonly string[]
  readonly samples: readonly Sample[]
  /** Slopes after the warm-up, in MB per minute. */
  readonly growth: { readonly rss: number; readonly heap: number; readonly external: number }
  /** The largest WAL, in MB. */
  readonly wal: number
}

/** Puts a real server under mixed load while another process prunes its file, and watches its memory. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const { database, probe = new URL('./memory-probe.ts', import.meta.url) } = options
  const admin = { ADMIN_USERNAME: ADMIN.username, ADMIN_PASSWORD: ADMIN.password }
  const environment = { ...LIMITS, ...admin, JWT_SECRET: SECRET, DATABASE_URL: database, LOG_LEVEL: 'error' }
  const server = await spawnServer(environment, { preload: probe })
  const { IDLE_TIMEOUT: idleTimeout, MAX_AGE: maxAge } = LIMITS
  const neighbour = await startNeighbour({ database, secret: SECRET, idleTimeout, maxAge })
  const client = new Client(server.url)
  try {
    return await soak(options, server, neighbour, client)
  } finally {
    client.close()
    await neighbour.close()
    await server.kill()
  }
}

async function soak(
  options: SoakOptions,
  server: ServerProcess,
  neighbour: Neighbour,
  client: Client,
): Promise<SoakReport> {
  const tally = new Tally()
  await fill(options.fill, neighbour, client, tally)
  const visitors = await makeVisitors(client, options.seed, tally)
  const end = Date.now() + options.seconds * 1_000
  const [samples] = await Promise.all([
    watch(options, server, end, tally),
    prune(neighbour, end, tally),
    showNewcomers(neighbour, client, end, tally),
    ...visitors.map((visitor) => visitor.liveUntil(end)),
  ])
  const warm = samples.filter(({ seconds }) => seconds >= options.warmUp)
  const growthOf = (what: 'rss' | 'heap' | 'external') =>
    slopeOf(warm.map((sample) => [sample.seconds / 60, sample[what]]))
  return {
    counts: tally.counts,
    wrong: tally.wrong,
    samples,
    growth: { rss: growthOf('rss'), heap: growthOf('heap'), external: growthOf('external') },
    wal: Math.max(...samples.map(({ wal }) => wal)),
  }
}

async function fill(count: number, neighbour: Neighbour, client: Client, tally: Tally): Promise<void> {
  const tokens = await neighbour.makeTokens(count)
  await inParallel(count, async (index) => {
    const { status, code } = await client.ask('GET', '/verify', tokens[index])
    if (status !== 204) tally.blame(`a session of another process: ${status} ${code}`)
  })
}

async function showNewcomers(neighbour: Neighbour, client: Client, end: number, tally: Tally): Promise<void> {
  while (Date.now() + 1_000 < end) {
    await wait(1_000)
    await fill(NEWCOMERS, neighbour, client, tally)
  }
}

async function makeVisitors(client: Client, seed: number, tally: Tally): Promise<Visitor[]> {
  const { token } = await client.ask('POST', '/login', undefined, ADMIN)
  const numbers = Array.from({ length: VISITORS }, (_, index) => index + 1)
  return Promise.all(
    numbers.map(async (number) => {
      const account = { username: `visitor${number}`, password: `a password of ${number}` }
      const { status, body } = await client.ask('POST', '/admin/users', token, account)
      if (status !== 201) throw new Error(`no user was made: ${body}`)
      return new Visitor(client, account, MAX_AGE_MS, new Prng(seed + number), tally)
    }),
  )
}

async function prune(neighbour: Neighbour, end: number, tally: Tally): Promise<void> {
  while (Date.now() + PRUNE_EVERY_MS < end) {
    await wait(PRUNE_EVERY_MS)
    tally.counts.pruned += await neighbour.prune()
  }
}

async function watch(
  { every, database, onSample }: SoakOptions,
  server: ServerProcess,
  end: number,
  tally: Tally,
): Promise<Sample[]> {
  const samples: Sample[] = []
  const start = Date.now()
  while (Date.now() + every * 1_000 <= end) {
    await wait(every * 1_000)
    const memory = await memoryOf(server)
    const sample = {
      seconds: (Date.now() - start) / 1_000,
      rss: memory.rss / 1e6,
      heap: memory.heap / 1e6,
      external: memory.external / 1e6,
      wal: statSync(`${database}-wal`).size / 1e6,
      file: statSync(database).size / 1e6,
    }
    samples.push(sample)
    onSample?.(sample, tally)
  }
  return samples
}

/** Asks the server's probe. */
async function memoryOf({ child }: ServerProcess): Promise<Memory> {
  const answer = once(child, 'message')
  child.send('memory')
  const [memory] = await answer
  return memory
}
