import type { Outcome } from '../../src/outcome.ts'
import { FIRST_LINEAGE, type SessionRecord } from '../../src/protocol/types.ts'
import type { Time } from '../../src/stores/postgres/time.ts'
import type { SessionStore } from '../../src/stores/store.ts'
import type { Message } from './designs/design.ts'
import type { Distortion } from './nodes/pool.ts'
import { PROMISES, type Promised } from './promises.ts'
import type { Rules } from './settings.ts'
import { readToken } from './token.ts'

type Judge = (message: Message) => Outcome | Promise<Outcome>

interface Around {
  readonly judge: Judge
  readonly store: SessionStore
  readonly rules: Rules
  readonly now: () => number
}

/** A way to break the protocol, put around the engine without touching it. */
export interface Mutation {
  readonly name: string
  /** Invariants of which one must notice. */
  readonly caughtBy: readonly Promised[]
  readonly rules?: (rules: Rules) => Rules
  readonly store?: (store: SessionStore) => SessionStore
  readonly answer?: (around: Around) => Judge
  /** Of several servers: what the database answers to each, and what time it is for them. */
  readonly database?: Distortion
  readonly time?: (time: Time) => Time
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'first use not recorded',
    caughtBy: [PROMISES.superseded, PROMISES.fork],
    store: (store) => changed(store, { markSeen: async () => undefined }),
  },
  {
    name: 'no grace',
    caughtBy: [PROMISES.honest],
    rules: (rules) => ({ ...rules, grace: 0 }),
  },
  {
    name: 'unconditional UPDATE',
    caughtBy: [PROMISES.writtenOnce],
    store: (store) =>
      changed(store, {
        renew: async (renewal) => {
          const record = await store.find(renewal.jti)
          return record === undefined ? false : store.renew({ ...renewal, expected: record })
        },
      }),
  },
  {
    name: 'reuse does not revoke',
    caughtBy: [PROMISES.fork],
    store: (store) =>
      changed(store, {
        revoke: async (target, reason, at) => (reason === 'reuse' ? 0 : store.revoke(target, reason, at)),
      }),
  },
  {
    name: 'floor left out',
    caughtBy: [PROMISES.superseded, PROMISES.rising],
    store: (store) =>
      changed(store, {
        renew: (renewal) =>
          store.renew({ ...renewal, lineage: { ...renewal.lineage, floor: FIRST_LINEAGE.floor } }),
        markSeen: (jti, gen) => markSeenWithoutFloor(store, jti, gen),
      }),
  },
  {
    name: 'token handed out again within grace',
    caughtBy: [PROMISES.handedOut],
    answer: handOutAgain('within grace'),
  },
  {
    name: 'token handed out again in place of a sibling',
    caughtBy: [PROMISES.handedOut],
    answer: handOutAgain('beyond grace'),
  },
]

/** A store that differs from another one in some of its methods. */
export function changed(store: SessionStore, methods: Partial<SessionStore>): SessionStore {
  return {
    peek: (jti) => store.peek(jti),
    find: (jti) => store.find(jti),
    create: (record) => store.create(record),
    renew: (renewal) => store.renew(renewal),
    markSeen: (jti, gen) => store.markSeen(jti, gen),
    revoke: (target, reason, at) => store.revoke(target, reason, at),
    list: (userId) => store.list(userId),
    prune: (ended, now) => store.prune(ended, now),
    close: () => store.close(),
    ...methods,
  }
}

async function markSeenWithoutFloor(store: SessionStore, jti: string, gen: number): Promise<void> {
  const record = await store.find(jti)
  if (record === undefined || !record.valid || gen <= record.floor) return
  const client = { ip: record.lastIp, userAgent: record.lastUserAgent }
  const lineage = { ...record, seen: gen }
  await store.renew({ jti, expected: record, lineage, at: record.updatedAt, client })
}

/**
 * The usual rule of systems with a grace period: who comes again with the token before gets the same successor
 * again. It remembers the last token of each session, as such a system stores it.
 */
export function handOutAgain(when: 'within grace' | 'beyond grace' | 'always'): (around: Around) => Judge {
  return ({ judge, store, rules, now }) => {
    const last = new Map<string, string>()

    const isUnseenParent = (record: SessionRecord | undefined, gen: number): record is SessionRecord =>
      record?.valid === true && record.parent === gen && record.seen === gen

    /** The same successor in place of a new sibling, where a sibling would be due. */
    async function beyondGrace({ token, client }: Message): Promise<Outcome | undefined> {
      const record = token && (await store.find(token.session))
      if (token === undefined || !isUnseenParent(record, token.gen)) return undefined
      const idle = now() - record.updatedAt
      const successor = last.get(token.session)
      const isOver = now() >= record.createdAt + rules.maxAge || idle >= rules.idleTimeout
      const isDue = now() >= token.expiresAt && idle >= rules.grace && !isOver
      const isSameClient = client.userAgent === record.lastUserAgent
      if (!isDue || !isSameClient || successor === undefined) return undefined
      const { session: jti, role } = token
      const auth = { userId: record.userId, jti, claims: { role }, authTime: record.createdAt, renewed: true }
      return { kind: 'pass', auth, token: successor }
    }

    /** The successor that is out already, beside the answer that an old token gets within grace. */
    function withinGrace({ token }: Message, outcome: Outcome): Outcome {
      const successor = token && last.get(token.session)
      if (outcome.kind !== 'pass' || outcome.token !== undefined) return outcome
      if (token === undefined || successor === undefined) return outcome
      return now() < token.expiresAt + rules.leeway ? outcome : { ...outcome, token: successor }
    }

    return async (message) => {
      const again = when === 'within grace' ? undefined : await beyondGrace(message)
      const outcome = again ?? (await judge(message))
      if (outcome.kind === 'pass' && outcome.token !== undefined) {
        last.set(readToken(outcome.token).session, outcome.token)
      }
      return when === 'beyond grace' ? outcome : withinGrace(message, outcome)
    }
  }
}
