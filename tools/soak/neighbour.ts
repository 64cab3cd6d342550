import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { slidingSession } from '../../src/index.ts'
import { Client } from './client.ts'

/** Requests that are sent at once. */
const PARALLEL = 50

/** An app of this very process on the file of the server: it makes sessions without passwords, and prunes. */
export interface Neighbour {
  /** Makes sessions, each with a token that is fresh for longer than the soak. */
  makeTokens(count: number): Promise<string[]>
  /** Deletes what has ended; answers with the number of sessions. */
  prune(): Promise<number>
  close(): Promise<void>
}

export interface NeighbourOptions {
  readonly database: string
  readonly secret: string
  readonly maxAge: string
  readonly idleTimeout: string
}

export async function startNeighbour(options: NeighbourOptions): Promise<Neighbour> {
  const sessions = await slidingSession(options)
  const app = express()
  app.post('/start', async (req, res) => {
    await sessions.start(req, res, 'somebody of another app')
    res.end()
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = new Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return {
    makeTokens: (count) => inParallel(count, async () => (await client.ask('POST', '/start')).token ?? ''),
    prune: () => sessions.prune(),
    async close() {
      client.close()
      server.close()
      await sessions.close()
    },
  }
}

/** Asks a question so many times, a number of them at once. */
export async function inParallel<T>(count: number, ask: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const work = async () => {
    while (next < count) {
      const index = next
      next += 1
      results[index] = await ask(index)
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, work))
  return results
}
