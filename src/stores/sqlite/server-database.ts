import { sql } from 'drizzle-orm'
import { orUnavailable } from '../or-unavailable.ts'
import type { ServerDatabase } from '../server-store.ts'
import { activeSessionsCounter } from './active-sessions.ts'
import { migrateTables, type Sqlite } from './connection.ts'
import { SqliteEventStore } from './events.ts'
import { sqliteLoginLimits } from './login-limits.ts'
import { users } from './server-schema.ts'
import { SqliteSessionStore } from './session-store.ts'
import { SqliteUserStore } from './users.ts'

/** Brings all tables of the server up to date and gives its parts, on one connection. */
export function sqliteServerDatabase(sqlite: Sqlite): ServerDatabase {
  const sessionTables = migrateTables(sqlite, 'sessions')
  const sessions = new SqliteSessionStore(sqlite, sessionTables, false)
  const database = migrateTables(sqlite, 'server')
  return {
    sessions,
    users: new SqliteUserStore(database),
    events: new SqliteEventStore(sqlite, database),
    loginLimits: sqliteLoginLimits(sqlite, database),
    countActiveSessions: activeSessionsCounter(sessionTables),
    ping: () => orUnavailable(() => void database.select({ one: sql`1` }).from(users).limit(1).get()),
    close: async () => {
      sqlite.close()
    },
  }
}
