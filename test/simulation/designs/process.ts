import type Database from 'better-sqlite3'
import type { Outcome } from '../../../src/outcome.ts'
import { readPolicy } from '../../../src/protocol/policy.ts'
import { type LoadClaims, Sessions } from '../../../src/sessions.ts'
import { openSqliteStore } from '../../../src/stores/sqlite/open.ts'
import type { Renewal } from '../../../src/stores/store.ts'
import { keyringOfSecrets } from '../../../src/tokens/keyring.ts'
import type { Mutation } from '../mutations.ts'
import { longestOperation } from '../network.ts'
import type { Prng } from '../prng.ts'
import type { Rules, Settings } from '../settings.ts'
import type { Timeline } from '../timeline.ts'
import { readToken } from '../token.ts'
import type { Answer, Message, Surroundings } from './design.ts'
import { InterleavedStore } from './interleaved-store.ts'

const KEYRING = keyringOfSecrets('a secret that is known to nobody but this simulation')

export interface ProcessParts {
  readonly settings: Settings
  readonly timeline: Timeline
  readonly surroundings: Surroundings
  readonly onRenewed: (renewal: Renewal) => void
  readonly mutation: Mutation | undefined
  readonly chanceOf: (source: string, user: string) => Prng
}

/** One life of a server process: the real engine on the real store, until it is killed. */
export class Process {
  readonly store: InterleavedStore
  readonly sessions: Sessions
  readonly #judge: (message: Message) => Outcome | Promise<Outcome>

  constructor(store: InterleavedStore, parts: ProcessParts) {
    const { settings, timeline, mutation } = parts
    this.store = store
    this.sessions = startEngine(this.store, parts)
    const judge = ({ token, client, strict }: Message) =>
      this.sessions.authenticate(token?.text ?? { kind: 'missing' }, () => client, strict)
    const around = { judge, store: this.store, rules: settings.rules, now: () => timeline.now }
    this.#judge = mutation?.answer?.(around) ?? judge
  }

  answer(message: Message): Answer | Promise<Answer> {
    if (message.kind === 'login') return this.#login(message).catch(toAnswer)
    try {
      const outcome = this.#judge(message)
      if (outcome instanceof Promise) return outcome.then(toPassOrRefusal).catch(toAnswer)
      return toPassOrRefusal(outcome)
    } catch (error) {
      return toAnswer(error)
    }
  }

  /** The database stays open, and nothing is left to be written: there is nothing to wait for. */
  kill(): void {
    this.store.kill()
    void this.store.close()
  }

  async #login({ user, token, client }: Message): Promise<Answer> {
    const started = await this.sessions.start(user, token?.text ?? { kind: 'missing' }, client)
    const issued = readToken(started.token)
    return { kind: 'pass', token: issued, role: issued.role }
  }
}

/** The store of this package on a SQLite database, with operations that interleave. */
export function openStore(database: Database.Database, parts: ProcessParts): InterleavedStore {
  const { settings, timeline, surroundings, mutation, chanceOf, onRenewed } = parts
  const real = openSqliteStore(database)
  return new InterleavedStore(mutation?.store?.(real) ?? real, {
    timeline,
    longest: longestOperation(settings.rules.grace),
    hiddenPeeks: settings.hiddenPeeks,
    chanceOf,
    onRenewed,
    onRevoked: (target, reason) =>
      surroundings.revoked('jti' in target ? { session: target.jti } : { user: target.userId }, reason),
  })
}

function startEngine(store: InterleavedStore, { settings, timeline, surroundings, mutation }: ProcessParts) {
  const policy = policyOf(mutation?.rules?.(settings.rules) ?? settings.rules)
  const loadClaims: LoadClaims = async (user) => {
    await store.pause(user)
    const role = surroundings.roleOf(user)
    return role === undefined ? null : { role }
  }
  return new Sessions({ store, keyring: KEYRING, policy, loadClaims, now: () => timeline.now })
}

function policyOf({ fingerprint, maxSessionsPerUser, ...durations }: Rules) {
  const inMilliseconds = Object.entries(durations).map(([name, value]) => [name, `${value}ms`])
  return readPolicy({ ...Object.fromEntries(inMilliseconds), fingerprint, maxSessionsPerUser })
}

function toPassOrRefusal(outcome: Outcome): Answer {
  if (outcome.kind === 'refuse') return outcome
  const { token, auth } = outcome
  return {
    kind: 'pass',
    token: token === undefined ? undefined : readToken(token),
    role: auth.claims['role'] as string | undefined,
  }
}

function toAnswer(error: unknown): Answer {
  const code = (error as { code?: unknown }).code
  if (code === 'unavailable') return { kind: 'unavailable' }
  if (typeof code === 'string') return { kind: 'refuse', code }
  throw error
}
