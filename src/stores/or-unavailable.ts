import { channel } from 'node:diagnostics_channel'
import { SlidingSessionError } from '../protocol/errors.ts'

const failures = channel('sliding-jwt:failure')

/** Every failure of the database is `unavailable` to the caller; the cause is for the log. */
export async function orUnavailable<T>(question: () => T | Promise<T>): Promise<T> {
  try {
    return await question()
  } catch (cause) {
    failures.publish(cause)
    throw new SlidingSessionError('unavailable', undefined, { cause })
  }
}

/** Tells of every such failure of this process; answers with how to stop it. */
export function onFailure(listener: (cause: unknown) => void): () => void {
  failures.subscribe(listener)
  return () => void failures.unsubscribe(listener)
}
