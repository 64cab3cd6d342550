import { drizzle } from 'drizzle-orm/node-postgres'
import type { Pool } from 'pg'
import { orUnavailable } from '../or-unavailable.ts'
import type { ServerDatabase } from '../server-store.ts'
import type { SessionStore } from '../store.ts'
import { countActiveSessions } from './active-sessions.ts'
import { PostgresEventStore } from './events.ts'
import { postgresLoginLimits } from './login-limits.ts'
import { PostgresUserStore } from './users.ts'

/** The parts of the server on a pool whose tables are up to date, and which they close. */
export function postgresServerDatabase(pool: Pool, sessions: SessionStore): ServerDatabase {
  const database = drizzle(pool)
  return {
    sessions,
    users: new PostgresUserStore(pool, database),
    events: new PostgresEventStore(database),
    loginLimits: postgresLoginLimits(pool, database),
    countActiveSessions: (after) => orUnavailable(() => countActiveSessions(pool, after)),
    ping: () => orUnavailable(async () => void (await pool.query('SELECT 1'))),
    close: async () => {
      await sessions.close()
      if (!pool.ending) await pool.end()
    },
  }
}
