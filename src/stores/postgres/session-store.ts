import type { Pool } from 'pg'
import type { RevocationReason, SessionRecord, Timestamp } from '../../protocol/types.ts'
import { SessionCache } from '../session-cache.ts'
import type {
  EndedBefore,
  OnProgress,
  Renewal,
  RevocationTarget,
  SessionStore,
  StoreOptions,
} from '../store.ts'
import { BatchQueue } from './batch-queue.ts'
import {
  creationColumns,
  type FirstUse,
  firstUseColumns,
  type Keyed,
  keyOf,
  type OneRevocation,
  renewalColumns,
  revocationColumns,
} from './columns.ts'
import { toUuid } from './jti.ts'
import { pruneSessions } from './prune.ts'
import { ask, askAtLength, type Statement, tookTooLong } from './query.ts'
import { RevocationListener } from './revocation-listener.ts'
import { STATEMENTS, toRecord, type Written } from './session-statements.ts'
import { toText } from './text.ts'
import { MACHINE_TIME, type Time } from './time.ts'
import { UserAgents } from './user-agents.ts'

/** Sessions in a PostgreSQL database whose tables are up to date. */
export class PostgresSessionStore implements SessionStore {
  readonly #pool: Pool
  readonly #close: () => Promise<void>
  readonly #userAgents: UserAgents
  readonly #cache: SessionCache
  /** Undefined where no other process ever writes. */
  readonly #listener: RevocationListener | undefined
  /**
   * Grows with every revocation that becomes known. What was asked of the database before may be older than
   * what memory was told meanwhile, and is not remembered.
   */
  #revocationCount = 0
  #isClosed = false
  #pruning: Promise<void> = Promise.resolve()

  readonly #creations = new BatchQueue<Keyed<SessionRecord>, boolean>({
    keyOf,
    write: (records) => this.#writeCreations(records),
  })
  readonly #renewals = new BatchQueue<Keyed<Renewal>, boolean>({
    keyOf,
    write: (renewals) => this.#writeRenewals(renewals),
  })
  readonly #firstUses = new BatchQueue<FirstUse, boolean>({
    keyOf,
    write: (uses) => this.#write(STATEMENTS.markSeen, uses, firstUseColumns(uses)),
  })
  readonly #revocations = new BatchQueue<OneRevocation, boolean>({
    keyOf,
    write: (revocations) => this.#write(STATEMENTS.revokeSome, revocations, revocationColumns(revocations)),
  })

  /** `close` frees what the caller opened for this store. */
  constructor(pool: Pool, close: () => Promise<void>, options: StoreOptions = {}, time: Time = MACHINE_TIME) {
    const { cacheSize, singleProcess = false } = options
    this.#pool = pool
    this.#close = close
    this.#userAgents = new UserAgents(pool, () => this.#listener?.isFollowing() !== false)
    this.#cache = new SessionCache(cacheSize)
    if (singleProcess) return
    this.#listener = new RevocationListener({
      pool,
      onRevoked: (jtis) => this.#learn(jtis),
      time,
    })
  }

  /** Begins to follow the revocations of other processes; until then nothing in memory counts. */
  async start(): Promise<void> {
    await this.#listener?.start()
  }

  /** What memory says against a session stays true while nothing is heard of others; what it says for one may not. */
  peek(jti: string): SessionRecord | undefined {
    const record = this.#cache.get(jti)
    return record?.valid === true && this.#listener?.isCurrent() === false ? undefined : record
  }

  async find(jti: string): Promise<SessionRecord | undefined> {
    const uuid = toUuid(jti)
    if (uuid === undefined) return undefined
    const before = this.#revocationCount
    const [row] = await ask<SessionRecord>(this.#pool, STATEMENTS.find, [uuid])
    if (row === undefined) {
      this.#cache.forget(jti)
      return undefined
    }
    const record = toRecord(row)
    this.#remember(record, before)
    return record
  }

  async create(record: SessionRecord): Promise<void> {
    const before = this.#revocationCount
    const isNew = await this.#creations.run({ ...record, uuid: keyIn(record.jti) })
    if (!isNew) throw new Error('a session with this key is there already')
    this.#remember(record, before)
  }

  async renew(renewal: Renewal): Promise<boolean> {
    const { jti, lineage, at, client } = renewal
    const uuid = toUuid(jti)
    const isWritten =
      uuid !== undefined && (await this.#orForget(jti, this.#renewals.run({ ...renewal, uuid })))
    if (isWritten) {
      const { ip: lastIp, userAgent: lastUserAgent } = client
      this.#cache.change(jti, { ...lineage, updatedAt: at, lastIp, lastUserAgent })
    } else this.#cache.forget(jti)
    return isWritten
  }

  /** Memory knows at once, so that the next requests do not write it again. */
  async markSeen(jti: string, gen: number): Promise<void> {
    const uuid = toUuid(jti)
    if (uuid === undefined) return
    const issued = this.#cache.get(jti)?.issued ?? gen
    this.#cache.change(jti, { seen: gen, floor: Math.max(issued, gen) })
    await this.#orForget(jti, this.#firstUses.run({ uuid, gen }))
  }

  async revoke(target: RevocationTarget, reason: RevocationReason, at: Timestamp): Promise<number> {
    return 'jti' in target
      ? this.#revokeOne(target.jti, reason, at)
      : this.#revokeAll(target.userId, target.except, reason, at)
  }

  async list(userId: string): Promise<SessionRecord[]> {
    const rows = await ask<SessionRecord>(this.#pool, STATEMENTS.list, [toText(userId)])
    return rows.map(toRecord)
  }

  async prune(ended: EndedBefore, now: Timestamp, onProgress?: OnProgress): Promise<number> {
    const pruning = this.#prune(ended, now, onProgress)
    this.#pruning = Promise.allSettled([this.#pruning, pruning]).then(() => undefined)
    return pruning
  }

  async #prune(ended: EndedBefore, now: Timestamp, onProgress?: OnProgress): Promise<number> {
    const pruned = await pruneSessions(this.#pool, ended, () => this.#isClosed, onProgress)
    if (!this.#isClosed) await this.#userAgents.deleteUnused(now)
    if (!this.#isClosed) await this.#listener?.prune()
    return pruned
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#listener?.close()
    await this.#pruning
    const queues = [this.#creations, this.#renewals, this.#firstUses, this.#revocations]
    await Promise.all(queues.map((queue) => queue.idle()))
    this.#cache.clear()
    await this.#close()
  }

  async #writeCreations(records: readonly Keyed<SessionRecord>[]): Promise<boolean[]> {
    const agents = records.flatMap(({ userAgent, lastUserAgent }) => [userAgent, lastUserAgent])
    const times = records.map(({ createdAt }) => createdAt)
    const numberOf = await this.#userAgents.numbersOf(agents, Math.max(...times))
    return this.#write(STATEMENTS.create, records, creationColumns(records, numberOf))
  }

  async #writeRenewals(renewals: readonly Keyed<Renewal>[]): Promise<boolean[]> {
    const agents = renewals.map(({ client }) => client.userAgent)
    const times = renewals.map(({ at }) => at)
    const numberOf = await this.#userAgents.numbersOf(agents, Math.max(...times))
    return this.#write(STATEMENTS.renew, renewals, renewalColumns(renewals, numberOf))
  }

  /** Runs a statement that takes a list for each column; answers which of the sessions it has written. */
  async #write(
    statement: Statement,
    items: readonly Keyed<object>[],
    columns: readonly unknown[][],
  ): Promise<boolean[]> {
    const rows = await ask<Written>(this.#pool, statement, columns)
    const written = new Set(rows.map(({ jti }) => jti))
    return items.map(({ uuid }) => written.has(uuid))
  }

  async #revokeOne(jti: string, reason: RevocationReason, at: Timestamp): Promise<number> {
    const uuid = toUuid(jti)
    if (uuid === undefined) return 0
    const isRevoked = await this.#revocations.run({ uuid, reason, at })
    this.#revocationCount += 1
    this.#cache.change(jti, { valid: false, revokedAt: at, revokedReason: reason })
    return isRevoked ? 1 : 0
  }

  async #revokeAll(
    userId: string,
    except: string | undefined,
    reason: RevocationReason,
    at: Timestamp,
  ): Promise<number> {
    const kept = except === undefined ? null : (toUuid(except) ?? null)
    const covered = new Set(this.#cache.keysOf(userId, except))
    const count = await this.#countRevoked([toText(userId), kept, at, reason])
    this.#revocationCount += 1
    // What memory got to know meanwhile may have begun after the statement's snapshot: the database is asked.
    for (const jti of this.#cache.keysOf(userId, except)) if (!covered.has(jti)) this.#cache.forget(jti)
    this.#cache.invalidate(covered)
    return count
  }

  /** All at once, or not at all, however many sessions a user has. */
  async #countRevoked(values: readonly unknown[]): Promise<number> {
    try {
      const [revoked] = await ask<{ count: number }>(this.#pool, STATEMENTS.revokeAll, values)
      return revoked?.count ?? 0
    } catch (error) {
      if (!tookTooLong(error)) throw error
      const [revoked] = await askAtLength<{ count: number }>(this.#pool, STATEMENTS.revokeAll, values)
      return revoked?.count ?? 0
    }
  }

  /** What was revoked by anybody is no longer valid here either. */
  #learn(jtis: readonly string[] | 'all'): void {
    this.#revocationCount += 1
    if (jtis === 'all') {
      this.#cache.clear()
      this.#userAgents.forget()
    } else this.#cache.invalidate(jtis)
  }

  #remember(record: SessionRecord, before: number): void {
    if (this.#revocationCount === before) this.#cache.set(record)
  }

  /** Where nobody knows whether a write was made, memory does not claim to. */
  async #orForget<T>(jti: string, write: Promise<T>): Promise<T> {
    try {
      return await write
    } catch (error) {
      this.#cache.forget(jti)
      throw error
    }
  }
}

function keyIn(jti: string): string {
  const uuid = toUuid(jti)
  if (uuid === undefined) throw new TypeError('A jti is 128 bits in base64url.')
  return uuid
}
