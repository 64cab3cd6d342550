import type { SessionRecord } from '../../../src/protocol/types.ts'
import type { SessionStore } from '../../../src/stores/store.ts'
import { changed, MUTATIONS, type Mutation } from '../mutations.ts'
import { PROMISES } from '../promises.ts'

const READ = 'sliding_read_revocations'

/** Ways to break what several servers need, put around the real store without touching it. */
export const NODE_MUTATIONS: readonly Mutation[] = [
  {
    name: 'no catching up after a broken connection',
    caughtBy: [PROMISES.revoked],
    database: ({ name }, rows, isFirst) =>
      name === READ && isFirst ? rows.map((row) => ({ ...row, revoked: null })) : rows,
  },
  {
    name: 'memory counts while nothing is heard',
    caughtBy: [PROMISES.revoked, PROMISES.known],
    store: trustMemory,
  },
  {
    name: 'silence is not noticed',
    caughtBy: [PROMISES.revoked, PROMISES.known],
    // A clock that stands: every reading of the log is a recent one.
    time: (time) => ({ ...time, now: () => 0 }),
  },
  {
    name: 'a fail-over is not noticed',
    caughtBy: [PROMISES.known, PROMISES.revoked],
    database: ({ name }, rows) => (name === READ ? rows.map((row) => ({ ...row, instance: 'any' })) : rows),
  },
  ...MUTATIONS.filter(({ name }) => name === 'unconditional UPDATE').map((mutation) => ({
    ...mutation,
    name: 'a renewal trusts what is in memory',
  })),
]

/** What was in memory once is taken from there, until memory itself says otherwise. */
function trustMemory(store: SessionStore): SessionStore {
  const remembered = new Map<string, SessionRecord>()
  return changed(store, {
    peek: (jti) => {
      const record = store.peek(jti)
      if (record !== undefined) remembered.set(jti, record)
      return record ?? remembered.get(jti)
    },
  })
}
