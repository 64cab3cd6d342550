import type { TokenStorage } from './in-memory.ts'
import { inWebStorage } from './in-web-storage.ts'

/** What this file needs of a page. */
interface Page {
  addEventListener?(type: 'storage', listener: (event: { readonly key: string | null }) => void): void
}

/**
 * Keeps the token in `localStorage` under `key`: one session for all tabs of the origin, across restarts of the
 * browser. Where the browser denies the storage, the token lives in memory.
 */
export function inLocalStorage(key = 'sliding-jwt'): TokenStorage {
  return {
    ...inWebStorage('localStorage', key),
    subscribe: (listener) =>
      (globalThis as Page).addEventListener?.('storage', (event) => {
        // The key is null where the whole storage was cleared.
        if (event.key === key || event.key === null) listener()
      }),
  }
}
