import type { Logger } from 'pino'
import type { Timestamp } from '../index.ts'
import type { ServerDatabase } from '../stores/server-store.ts'
import { describeError } from './describe-error.ts'

/** How long audit events are kept. */
export const EVENTS_KEPT_MS = 90 * 86_400_000

const INTERVAL_MS = 600_000

/** Deletes audit events that are old enough, and counters that are over. */
export async function keepHouse({ events, loginLimits }: ServerDatabase, now: Timestamp): Promise<void> {
  await events.prune(now - EVENTS_KEPT_MS)
  await loginLimits.prune()
}

/** Does so every ten minutes, without keeping the process alive; answers with how to stop it. */
export function startHousekeeping(
  database: ServerDatabase,
  logger: Logger,
  now: () => Timestamp,
): () => void {
  const timer = setInterval(() => {
    keepHouse(database, now()).catch((error) =>
      logger.error({ err: describeError(error) }, 'old events could not be deleted; it is tried again'),
    )
  }, INTERVAL_MS).unref()
  return () => clearInterval(timer)
}
