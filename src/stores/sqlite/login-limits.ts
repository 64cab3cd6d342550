import { lt } from 'drizzle-orm'
import { RateLimiterSQLite } from 'rate-limiter-flexible'
import { COUNTING, LimiterStore } from '../login-limits.ts'
import type { LoginLimitStore } from '../server-store.ts'
import type { Drizzle, Sqlite } from './connection.ts'
import { loginFailures } from './server-schema.ts'

/** Counters in a SQLite database whose tables are up to date. */
export function sqliteLoginLimits(sqlite: Sqlite, database: Drizzle): LoginLimitStore {
  const limiter = new RateLimiterSQLite({
    ...COUNTING,
    storeClient: sqlite,
    storeType: 'better-sqlite3',
    tableName: 'sliding_login_failures',
  })
  return new LimiterStore(limiter, () =>
    database.delete(loginFailures).where(lt(loginFailures.expire, Date.now())).run(),
  )
}
