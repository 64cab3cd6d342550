import { SlidingSessionError } from './protocol/errors.ts'
import type { SessionStore } from './stores/store.ts'

/**
 * A store whose every failure is `unavailable` to the caller, so that nobody passes without a check. The
 * failure itself is told to `onFailure`.
 */
export function guardedStore(store: SessionStore, onFailure: (error: unknown) => void): SessionStore {
  async function guarded<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question()
    } catch (error) {
      onFailure(error)
      throw new SlidingSessionError('unavailable', undefined, { cause: error })
    }
  }

  return {
    peek(jti, socket) {
      try {
        return store.peek(jti, socket)
      } catch {
        // What fails here fails again in `find`, where it is reported.
        return undefined
      }
    },
    find: (jti) => guarded(() => store.find(jti)),
    create: (record) => guarded(() => store.create(record)),
    renew: (renewal) => guarded(() => store.renew(renewal)),
    markSeen: (jti, gen) => guarded(() => store.markSeen(jti, gen)),
    revoke: (target, reason, at) => guarded(() => store.revoke(target, reason, at)),
    list: (userId) => guarded(() => store.list(userId)),
    prune: (ended, now, onProgress) => guarded(() => store.prune(ended, now, onProgress)),
    close: () => store.close(),
  }
}
