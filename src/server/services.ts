import type { Logger } from 'pino'
import { type SlidingSession, type SlidingSessionOptions, slidingSession, type Timestamp } from '../index.ts'
import type { ServerDatabase } from '../stores/server-store.ts'
import { Audit } from './audit.ts'
import { describeError } from './describe-error.ts'
import { startHousekeeping } from './housekeeping.ts'
import { claimsFrom, Users } from './users.ts'

export interface ServiceOptions {
  readonly database: ServerDatabase
  /** Keys and rules. */
  readonly options: Omit<SlidingSessionOptions, 'database' | 'loadClaims' | 'now'>
  readonly logger: Logger
  /** Default `Date.now`. */
  readonly now?: () => Timestamp
}

/** What works on one database, put together: for the HTTP server and for the commands. */
export interface Services {
  readonly sessions: SlidingSession
  readonly users: Users
  readonly audit: Audit
  /** Finishes what is being written; the database stays open. */
  close(): Promise<void>
}

/**
 * Puts sessions, users and audit trail of a database together.
 *
 * @throws ConfigurationError where an option cannot be used.
 */
export async function openServices({
  database,
  options,
  logger,
  now = Date.now,
}: ServiceOptions): Promise<Services> {
  const logFailure = (error: unknown) => logger.error({ err: describeError(error) }, 'the database failed')
  const claimsOf = claimsFrom(database.users)
  const loadClaims = async (userId: string) => {
    try {
      return await claimsOf(userId)
    } catch (error) {
      logFailure(error)
      throw error
    }
  }
  const sessions = await slidingSession({ ...options, database: database.sessions, loadClaims, now })
  const audit = new Audit({ events: database.events, logger, now })
  audit.listen(sessions)
  sessions.on('store.failed', ({ error }) => logFailure(error))
  const stopHousekeeping = startHousekeeping(database, logger, now)
  return {
    sessions,
    audit,
    users: new Users({ users: database.users, audit, sessions, now }),
    close: async () => {
      stopHousekeeping()
      await sessions.close()
      await audit.settled()
    },
  }
}
