import pg from 'pg'
import type { SlidingSession } from '../src/index.ts'
import { IP } from './fill.ts'
import type { Slice } from './pairing.ts'
import { requestWith } from './renewing.ts'
import { quantile } from './statistics.ts'

/** Requests that wait for their renewal at any time, as from as many connections. */
const WAITING = 50

/** Connections to the database: as many as the library opens by itself. */
const CONNECTIONS = 10

/** No two neighbours of the table one after the other. */
const STRIDE = 7_919

/** A row, over and over again from among the same ones: those that are on their way are never taken twice. */
function inTurns<T>(values: readonly T[]): () => T {
  let taken = 0
  return () => {
    taken += 1
    return values[(taken * STRIDE) % values.length] as T
  }
}

/** Renews sessions without HTTP, through the library's face for WebSockets: it verifies, decides, writes, signs. */
export class SteadyRenewing {
  readonly #sessions: SlidingSession
  readonly #take: () => { token: string }

  constructor(sessions: SlidingSession, tokens: readonly string[]) {
    this.#sessions = sessions
    this.#take = inTurns(tokens.map((token) => ({ token })))
  }

  slice(milliseconds: number): Promise<Slice> {
    return steadily(WAITING, milliseconds, async () => {
      const client = this.#take()
      const outcome = await this.#sessions.authenticateUpgrade(requestWith(client.token), { ip: IP })
      if (outcome.kind !== 'pass') throw new Error(`no renewal: ${outcome.code}`)
      if (outcome.token === undefined) throw new Error('a pass without a renewal')
      client.token = outcome.token
    })
  }
}

/**
 * What a renewal can cost at least where each has a statement of its own: one prepared UPDATE of a row by its key,
 * and its commit. Each connection has the next one sent as soon as it is free.
 */
export class BareUpdating {
  readonly #clients: readonly pg.Client[]
  readonly #take: () => string

  private constructor(clients: readonly pg.Client[], keys: readonly string[]) {
    this.#clients = clients
    this.#take = inTurns(keys)
  }

  /** `keys` are the hexadecimal ones of sessions. */
  static async open(database: string, keys: readonly string[]): Promise<BareUpdating> {
    const clients = Array.from({ length: CONNECTIONS }, () => new pg.Client(database))
    await Promise.all(clients.map((client) => client.connect()))
    return new BareUpdating(clients, keys)
  }

  slice(milliseconds: number): Promise<Slice> {
    return steadily(this.#clients.length, milliseconds, async (worker) => {
      const result = await this.#clients[worker]?.query({ ...UPDATE, values: [this.#take(), Date.now()] })
      if (result?.rowCount !== 1) throw new Error('an UPDATE without a row')
    })
  }
}

const UPDATE = {
  name: 'update',
  text: `UPDATE sliding_sessions SET issued = issued + 1, parent = issued, updated_at = $2
    WHERE jti = $1 AND valid`,
}

/** So many workers do the same again and again for a while, each when it is done with the last one. */
async function steadily(
  workers: number,
  milliseconds: number,
  work: (worker: number) => Promise<void>,
): Promise<Slice> {
  const latencies: number[] = []
  const cpuBefore = process.cpuUsage()
  const begun = performance.now()
  const toil = async (worker: number) => {
    let before = begun
    while (before - begun < milliseconds) {
      await work(worker)
      const after = performance.now()
      latencies.push(after - before)
      before = after
    }
  }
  await Promise.all(Array.from({ length: workers }, (_, worker) => toil(worker)))
  const took = performance.now() - begun
  const { user, system } = process.cpuUsage(cpuBefore)
  return {
    rate: (latencies.length / took) * 1000,
    cpu: (user + system) / latencies.length,
    p99: quantile(latencies, 0.99),
    busy: (user + system) / took / 1_000,
  }
}
