import type { SessionStore } from '../../src/index.ts'

type Method = keyof SessionStore

/** A store that first tells of each call; what the hook throws, the call throws. */
export function hookStore(store: SessionStore, hook: (method: Method) => void | Promise<void>): SessionStore {
  const told = async (method: Method) => hook(method)
  return {
    peek(jti) {
      hook('peek')
      return store.peek(jti)
    },
    find: (jti) => told('find').then(() => store.find(jti)),
    create: (record) => told('create').then(() => store.create(record)),
    renew: (renewal) => told('renew').then(() => store.renew(renewal)),
    markSeen: (jti, gen) => told('markSeen').then(() => store.markSeen(jti, gen)),
    revoke: (target, reason, at) => told('revoke').then(() => store.revoke(target, reason, at)),
    list: (userId) => told('list').then(() => store.list(userId)),
    prune: (ended, now) => told('prune').then(() => store.prune(ended, now)),
    close: () => store.close(),
  }
}

/** A promise that a test settles. */
export interface Gate {
  readonly opened: Promise<void>
  /** Settles as soon as somebody waits at the gate. */
  readonly reached: Promise<void>
  wait(): Promise<void>
  open(): void
}

export function gate(): Gate {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>()
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  return {
    opened,
    reached,
    wait() {
      reach()
      return opened
    },
    open,
  }
}
