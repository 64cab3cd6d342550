import { lt } from 'drizzle-orm'
import { RateLimiterSQLite } from 'rate-limiter-flexible'
import { orUnavailable } from '../or-unavailable.ts'
import type { Failures, LoginLimitStore } from '../server-store.ts'
import type { Drizzle, Sqlite } from './connection.ts'
import { loginFailures } from './server-schema.ts'

/** Counters in a SQLite database whose tables are up to date; they survive a restart. */
export class SqliteLoginLimitStore implements LoginLimitStore {
  readonly #database: Drizzle
  readonly #limiter: RateLimiterSQLite

  constructor(sqlite: Sqlite, database: Drizzle) {
    this.#database = database
    this.#limiter = new RateLimiterSQLite({
      storeClient: sqlite,
      storeType: 'better-sqlite3',
      tableName: 'sliding_login_failures',
      tableCreated: true,
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

  prune(): Promise<void> {
    const isOver = lt(loginFailures.expire, Date.now())
    return orUnavailable(() => void this.#database.delete(loginFailures).where(isOver).run())
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
