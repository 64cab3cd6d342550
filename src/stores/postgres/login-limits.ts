import { lt } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { Pool } from 'pg'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import { COUNTING, LimiterStore } from '../login-limits.ts'
import type { LoginLimitStore } from '../server-store.ts'
import { loginFailures } from './server-schema.ts'

/** Counters in a PostgreSQL database whose tables are up to date. */
export function postgresLoginLimits(pool: Pool, database: NodePgDatabase): LoginLimitStore {
  const limiter = new RateLimiterPostgres({
    ...COUNTING,
    storeClient: pool,
    storeType: 'pool',
    tableName: 'sliding_login_failures',
    clearExpiredByTimeout: false,
  })
  return new LimiterStore(limiter, () =>
    database.delete(loginFailures).where(lt(loginFailures.expire, Date.now())),
  )
}
