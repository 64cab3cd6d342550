import type { Logger } from 'pino'
import {
  readPolicy,
  type SlidingSession,
  type SlidingSessionOptions,
  slidingSession,
  type Timestamp,
} from '../index.ts'
import type { ServerDatabase } from '../stores/server-store.ts'
import { Audit } from './audit.ts'
import type { Config } from './config.ts'
import { describeError } from './describe-error.ts'
import { startHousekeeping } from './housekeeping.ts'
import { Metrics } from './metrics/metrics.ts'
import { Overview } from './overview.ts'
import { PasswordLogins } from './password-logins.ts'
import type { Tracing } from './tracing.ts'
import { claimsFrom, Users } from './users.ts'
import { Webhook } from './webhook/webhook.ts'

export interface ServiceOptions {
  readonly database: ServerDatabase
  /** Keys and rules. */
  readonly options: Omit<SlidingSessionOptions, 'database' | 'loadClaims' | 'now'>
  readonly logger: Logger
  /** Where audit events are sent to. Default: nowhere. */
  readonly webhook?: Config['webhook']
  /** Default: nothing is traced. */
  readonly tracing?: Tracing | undefined
  /** Default `Date.now`. */
  readonly now?: () => Timestamp
}

/** What works on one database, put together: for the HTTP server and for the commands. */
export interface Services {
  readonly sessions: SlidingSession
  readonly users: Users
  readonly logins: PasswordLogins
  readonly audit: Audit
  readonly overview: Overview
  readonly metrics: Metrics
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
  webhook,
  tracing,
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
  const metrics = new Metrics()
  const store = metrics.meter(tracing?.store(database.sessions) ?? database.sessions)
  const sessions = await slidingSession({ ...options, database: store, loadClaims, now })
  const hook =
    webhook && new Webhook({ ...webhook, logger, now, onResult: (result) => metrics.countDelivery(result) })
  const audit = new Audit({ events: database.events, logger, now, tell: (event) => hook?.send(event) })
  audit.listen(sessions)
  sessions.on('store.failed', ({ error }) => logFailure(error))
  const overview = new Overview(sessions, {
    database,
    policy: readPolicy(options),
    now,
    onFailure: logFailure,
  })
  metrics.listen(sessions, () => overview.countActive())
  const parts = { users: database.users, audit, sessions, now }
  const stopHousekeeping = startHousekeeping(database, logger, now)
  return {
    sessions,
    audit,
    overview,
    metrics,
    users: new Users(parts),
    logins: new PasswordLogins(parts),
    close: async () => {
      stopHousekeeping()
      await overview.close()
      await sessions.close()
      await audit.settled()
      await hook?.close()
      metrics.close()
    },
  }
}
