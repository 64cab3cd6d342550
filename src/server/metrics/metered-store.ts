import type { SessionStore } from '../../stores/store.ts'

/** How often the memory of a store knew a session, and how often the database had to be asked. */
export interface MemoryLooks {
  hits: number
  misses: number
}

/** The same store, whose looks into memory are counted: one addition each, read when somebody scrapes. */
export function meteredStore(store: SessionStore, looks: MemoryLooks): SessionStore {
  return {
    peek(jti, connection) {
      const record = store.peek(jti, connection)
      if (record === undefined) looks.misses += 1
      else looks.hits += 1
      return record
    },
    find: (jti) => store.find(jti),
    create: (record) => store.create(record),
    renew: (renewal) => store.renew(renewal),
    markSeen: (jti, gen) => store.markSeen(jti, gen),
    revoke: (target, reason, at) => store.revoke(target, reason, at),
    list: (userId) => store.list(userId),
    prune: (ended, now, onProgress) => store.prune(ended, now, onProgress),
    close: () => store.close(),
  }
}
