import Database from 'better-sqlite3'
import { readPolicy } from '../../../src/protocol/policy.ts'
import type { Lineage, RevocationReason } from '../../../src/protocol/types.ts'
import { type LoadClaims, type Outcome, Sessions } from '../../../src/sessions.ts'
import { openSessionStore } from '../../../src/stores/open.ts'
import type { Renewal } from '../../../src/stores/store.ts'
import { keyringOfSecrets } from '../../../src/tokens/keyring.ts'
import type { Mutation } from '../mutations.ts'
import { longestOperation } from '../network.ts'
import { mix, Prng } from '../prng.ts'
import type { Settings } from '../settings.ts'
import type { Timeline } from '../timeline.ts'
import { readToken } from '../token.ts'
import { countStatements } from './count-statements.ts'
import type { Answer, Design, Message, Surroundings } from './design.ts'
import { InterleavedStore } from './interleaved-store.ts'
import { Medium } from './medium.ts'

const KEYRING = keyringOfSecrets('a secret that is known to nobody but this simulation')

/** What the invariants look at in a record, read past the engine and its store. */
export interface RecordState extends Lineage {
  readonly valid: number
  readonly updatedAt: number
}

interface OurParts {
  readonly seed: number
  readonly settings: Settings
  readonly timeline: Timeline
  readonly surroundings: Surroundings
  readonly onRenewed: (renewal: Renewal) => void
  readonly mutation: Mutation | undefined
  /** Counts what reaches the database; costs time. */
  readonly isCounted: boolean
}

/** The design of this package: the real engine on the real SQLite store, with a clock of its own. */
export class Ours implements Design {
  readonly name = 'ours'
  readonly needsRefresh = false
  readonly asksEachTime = true
  readonly traffic = { reads: 0, writes: 0 }
  readonly #parts: OurParts
  readonly #chances = new Map<string, Prng>()
  readonly #medium: Medium
  #database: Database.Database
  #readRecord: Database.Statement
  #store: InterleavedStore
  #sessions: Sessions
  #copy: Buffer | undefined
  #answer: (message: Message) => Outcome | Promise<Outcome>

  constructor(parts: OurParts) {
    this.#parts = parts
    this.#medium = new Medium(parts.settings.medium)
    this.#database = this.#open()
    const { store, sessions, readRecord, answer } = this.#start()
    this.#store = store
    this.#sessions = sessions
    this.#readRecord = readRecord
    this.#answer = answer
    this.traffic.reads = 0
    this.traffic.writes = 0
  }

  answer(message: Message): Answer | Promise<Answer> {
    if (message.kind === 'login') return this.#login(message).catch(toAnswer)
    try {
      const outcome = this.#answer(message)
      return outcome instanceof Promise
        ? outcome.then(toPassOrRefusal).catch(toAnswer)
        : toPassOrRefusal(outcome)
    } catch (error) {
      return toAnswer(error)
    }
  }

  async revoke(session: string, reason: RevocationReason): Promise<void> {
    await this.#sessions.revoke(session, reason)
  }

  async revokeAll(user: string, reason: RevocationReason): Promise<void> {
    await this.#sessions.revokeAll(user, reason)
  }

  async prune(): Promise<void> {
    await this.#sessions.prune()
  }

  crash(): void {
    this.#stop()
    this.#restart()
  }

  copy(): void {
    this.#copy = this.#database.serialize()
  }

  restore(): boolean {
    if (this.#copy === undefined) return false
    this.#stop()
    this.#database.close()
    this.#database = this.#open(this.#copy)
    this.#copy = undefined
    this.#restart()
    return true
  }

  settle(): Promise<void> {
    return this.#store.settle()
  }

  close(): void {
    this.#stop()
    this.#database.close()
    this.#medium.discard()
  }

  /** The record as the database has it; undefined where there is none. */
  record(session: string): RecordState | undefined {
    return this.#readRecord.get(Buffer.from(session, 'base64url')) as RecordState | undefined
  }

  /** Whether an operation on this session still waits to reach the database. */
  isWaiting(session: string): boolean {
    return this.#store.isWaiting(session)
  }

  async #login({ user, token, client }: Message): Promise<Answer> {
    const credential = token?.text ?? ({ kind: 'missing' } as const)
    const started = await this.#sessions.start(user, credential, client)
    const issued = readToken(started.token)
    return { kind: 'pass', token: issued, role: issued.role }
  }

  /** What was handed in open stays open, and nothing waits: `close` has nothing to wait for. */
  #stop(): void {
    this.#store.kill()
    void this.#store.close()
  }

  #restart(): void {
    const { store, sessions, readRecord, answer } = this.#start()
    this.#store = store
    this.#sessions = sessions
    this.#readRecord = readRecord
    this.#answer = answer
  }

  #start() {
    const { settings, timeline, onRenewed, mutation } = this.#parts
    const { revoked } = this.#parts.surroundings
    const real = openSessionStore(this.#database)
    const mutated = mutation?.store?.(real) ?? real
    const store = new InterleavedStore(mutated, {
      timeline,
      longest: longestOperation(settings.rules.grace),
      hiddenPeeks: settings.hiddenPeeks,
      chanceOf: (source, user) => this.#chanceOf(source, user),
      onRenewed,
      onRevoked: (target, reason) =>
        revoked('jti' in target ? { session: target.jti } : { user: target.userId }, reason),
    })
    const sessions = this.#engine(store)
    const readRecord = Database.prototype.prepare.call(
      this.#database,
      'SELECT issued, seen, floor, parent, valid, updated_at AS updatedAt FROM sliding_sessions WHERE jti = ?',
    )
    const judge = (message: Message) =>
      sessions.authenticate(message.token?.text ?? { kind: 'missing' }, () => message.client, message.strict)
    const answer =
      mutation?.answer === undefined
        ? judge
        : mutation.answer({ judge, store, rules: settings.rules, now: () => timeline.now })
    return { store, sessions, readRecord, answer }
  }

  #engine(store: InterleavedStore): Sessions {
    const { settings, timeline, mutation } = this.#parts
    const { roleOf } = this.#parts.surroundings
    const rules = mutation?.rules?.(settings.rules) ?? settings.rules
    const durations = ['tokenTtl', 'idleTimeout', 'maxAge', 'grace', 'renewBefore', 'leeway'] as const
    const policy = readPolicy({
      ...Object.fromEntries(durations.map((name) => [name, `${rules[name]}ms`])),
      fingerprint: rules.fingerprint,
      maxSessionsPerUser: rules.maxSessionsPerUser,
    })
    const loadClaims: LoadClaims = async (user) => {
      await store.pause(user)
      const role = roleOf(user)
      return role === undefined ? null : { role }
    }
    return new Sessions({ store, keyring: KEYRING, policy, loadClaims, now: () => timeline.now })
  }

  /** A source of chance for each session and each user, so that what happens to one does not move another. */
  #chanceOf(source: string, user: string): Prng {
    let chance = this.#chances.get(source)
    if (chance === undefined) {
      const owner = source === user ? undefined : this.#chanceOf(user, user)
      chance = new Prng(owner?.whole() ?? mix(this.#parts.seed, ...Buffer.from(source)))
      this.#chances.set(source, chance)
    }
    return chance
  }

  #open(copy?: Buffer): Database.Database {
    const database = this.#medium.open(copy)
    if (this.#parts.isCounted) countStatements(database, this.traffic)
    return database
  }
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
