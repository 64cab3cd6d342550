import { lt } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Pool } from 'pg'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import { orUnavailable } from '../or-unavailable.ts'
import type { Failures, LoginLimitStore } from '../server-store.ts'
import { loginFailures } from './server-schema.ts'

/** Counters in a PostgreSQL database whose tables are up to date; all servers share them. */
export class PostgresLoginLimitStore implements LoginLimitStore {
  readonly #database: NodePgDatabase
  readonly #limiter: RateLimiterPostgres

  constructor(pool: Pool, database: NodePgDatabase) {
    this.#database = database
    this.#limiter = new RateLimiterPostgres({
      storeClient: pool,
      storeType: 'pool',
      tableName: 'sliding_login_failures',
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix: '',
      // What is too many is for the server to judge: here they are only counted.
      points: 1,
      duration: 1,
    })
  }

  async failures(key: string): Promise<Failures> {
    const found = await orUnavailable(() => this.#limiter.get(key))
    return found === null ? { count: 0, resetsIn: 0 } : toFailures(found)
  }

  async addFailure(key: string, window: number): Promise<Failures> {
    const customDuration = window / 1000
    return toFailures(await orUnavailable(() => this.#limiter.penalty(key, 1, { customDuration })))
  }

  async clear(key: string): Promise<void> {
    await orUnavailable(() => this.#limiter.delete(key))
  }

  async prune(): Promise<void> {
    const isOver = lt(loginFailures.expire, Date.now())
    await orUnavailable(() => this.#database.delete(loginFailures).where(isOver))
  }
}

function toFailures({
  consumedPoints,
  msBeforeNext,
}: {
  consumedPoints: number
  msBeforeNext: number
}): Failures {
  return { count: consumedPoints, resetsIn: msBeforeNext }
}
