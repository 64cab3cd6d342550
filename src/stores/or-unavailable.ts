import { SlidingSessionError } from '../protocol/errors.ts'

/** Every failure of the database is `unavailable` to the caller; the cause is for the log. */
export async function orUnavailable<T>(question: () => T | Promise<T>): Promise<T> {
  try {
    return await question()
  } catch (cause) {
    throw new SlidingSessionError('unavailable', undefined, { cause })
  }
}
