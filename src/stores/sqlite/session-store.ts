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
import { type ChangeSignal, changeSignal } from './change-signal.ts'
import { CommitQueue } from './commit-queue.ts'
import type { Drizzle, Sqlite } from './connection.ts'
import { toJti, toKey, toUserKey } from './jti.ts'
import { pruneSteps } from './prune.ts'
import { type Revocation, RevocationLog } from './revocation-log.ts'
import { Revoking } from './revoking.ts'
import { prepareStatements, toRecord } from './session-statements.ts'
import { UserAgents } from './user-agents.ts'

/** Sessions in a SQLite database whose tables are up to date. */
export class SqliteSessionStore implements SessionStore {
  readonly #sqlite: Sqlite
  readonly #ownsConnection: boolean
  readonly #userAgents: UserAgents
  readonly #statements
  readonly #queue: CommitQueue
  readonly #log: RevocationLog
  readonly #revoking: Revoking
  readonly #cache: SessionCache
  readonly #signal: ChangeSignal
  /** Whether there are commits after which the log was not read yet: a signal comes once, and reading may fail. */
  #isBehind = false
  /** Grows with every revocation that becomes known: what was written before is not remembered as valid after it. */
  #revocationCount = 0
  #isClosed = false

  constructor(sqlite: Sqlite, database: Drizzle, ownsConnection: boolean, options: StoreOptions = {}) {
    const { cacheSize, singleProcess = false } = options
    this.#sqlite = sqlite
    this.#ownsConnection = ownsConnection
    this.#userAgents = new UserAgents(database)
    this.#statements = prepareStatements(database)
    this.#queue = new CommitQueue(sqlite, () => this.#forgetUndone())
    this.#cache = new SessionCache(cacheSize)
    this.#signal = singleProcess ? { hasChanged: () => false } : changeSignal(sqlite)
    this.#log = new RevocationLog(sqlite, database)
    this.#revoking = new Revoking(sqlite, this.#statements, this.#queue, this.#log, (revocation) =>
      this.#learn(revocation),
    )
  }

  /** What memory says against a session stays true, whatever was committed since. */
  peek(jti: string, socket?: object): SessionRecord | undefined {
    try {
      this.#catchUp(socket)
    } catch (error) {
      const known = this.#cache.get(jti)
      if (known?.valid === false) return known
      throw error
    }
    return this.#cache.get(jti)
  }

  async find(jti: string): Promise<SessionRecord | undefined> {
    this.#catchUp()
    const row = this.#statements.find.get({ jti: toKey(jti) })
    if (row === undefined) {
      this.#cache.forget(jti)
      return undefined
    }
    const record = toRecord(row)
    this.#cache.set(record)
    return record
  }

  /** What is still open of the user's revocations is finished before, so that it cannot take this session along. */
  async create(record: SessionRecord): Promise<void> {
    let before = this.#revocationCount
    for (;;) {
      const isInserted = await this.#queue.run(() => {
        if (this.#log.openOf(record.userId).length > 0) return false
        // What was revoked until now does not concern this session.
        this.#readLog()
        before = this.#revocationCount
        this.#insert(record)
        return true
      })
      if (isInserted) break
      await this.#revoking.finishOf(record.userId)
    }
    if (this.#revocationCount === before) this.#cache.set(record)
  }

  async renew({ jti, expected, lineage, at, client }: Renewal): Promise<boolean> {
    const { changes } = await this.#queue.run(() =>
      this.#statements.renew.run({
        ...lineage,
        jti: toKey(jti),
        expectedIssued: expected.issued,
        expectedSeen: expected.seen,
        at,
        ip: client.ip,
        userAgentId: this.#userAgents.idOf(client.userAgent, at),
      }),
    )
    if (changes === 0) {
      this.#cache.forget(jti)
      return false
    }
    const { ip: lastIp, userAgent: lastUserAgent } = client
    this.#cache.change(jti, { ...lineage, updatedAt: at, lastIp, lastUserAgent })
    return true
  }

  /** Memory knows at once, so that the next requests do not write it again. */
  async markSeen(jti: string, gen: number): Promise<void> {
    const issued = this.#cache.get(jti)?.issued ?? gen
    this.#cache.change(jti, { seen: gen, floor: Math.max(issued, gen) })
    try {
      await this.#queue.run(() => this.#statements.markSeen.run({ jti: toKey(jti), gen }))
    } catch (error) {
      this.#cache.forget(jti)
      throw error
    }
  }

  async revoke(target: RevocationTarget, reason: RevocationReason, at: Timestamp): Promise<number> {
    const count = await this.#revoking.revoke(target, reason, at)
    this.#revocationCount += 1
    if ('jti' in target) {
      this.#cache.change(target.jti, { valid: false, revokedAt: at, revokedReason: reason })
    }
    return count
  }

  async list(userId: string): Promise<SessionRecord[]> {
    return this.#statements.list.all({ userId, userKey: toUserKey(userId) }).map(toRecord)
  }

  async prune(ended: EndedBefore, now: Timestamp, onProgress?: OnProgress): Promise<number> {
    await this.#revoking.finishAll()
    let pruned = 0
    const steps = pruneSteps(this.#statements, this.#log, this.#userAgents, ended, now, onProgress)
    while (!this.#isClosed) {
      const { value: step, done } = steps.next()
      if (done === true) break
      pruned += await this.#queue.run(step)
    }
    return pruned
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#revoking.stop()
    this.#queue.flush()
    this.#cache.clear()
    if (this.#ownsConnection) this.#sqlite.close()
  }

  #insert(record: SessionRecord): void {
    const { createdAt: now } = record
    this.#statements.create.run({
      ...record,
      jti: toKey(record.jti),
      userKey: toUserKey(record.userId),
      userAgentId: this.#userAgents.idOf(record.userAgent, now),
      lastIp: record.lastIp === record.ip ? null : record.lastIp,
      lastUserAgentId:
        record.lastUserAgent === record.userAgent ? null : this.#userAgents.idOf(record.lastUserAgent, now),
    })
  }

  /** If anybody has committed, what was revoked meanwhile is no longer valid here either. */
  #catchUp(socket?: object): void {
    if (this.#signal.hasChanged(socket)) this.#isBehind = true
    if (!this.#isBehind) return
    this.#readLog()
    if (this.#sqlite.inTransaction) this.#readAgain()
  }

  /** What is read inside of a transaction of the host's is of its beginning, and its own writes may be undone. */
  #readAgain(): void {
    this.#log.rewind()
    this.#isBehind = true
  }

  /**
   * Memory follows what this process revoked, unless it has read so in the log: whoever creates a session reads it
   * before, so that one that begins in the same commit is not taken along.
   */
  #learn(revocation: Revocation): void {
    if (!this.#log.hasRead(revocation.seq)) this.#invalidate([revocation])
  }

  #readLog(): void {
    const news = this.#log.read()
    if (news.length > 0) this.#revocationCount += 1
    if (news === 'missed') this.#cache.clear()
    else this.#invalidate(news)
    this.#isBehind = false
  }

  /** A batch was undone: what was written in it, and read of the log, never was. */
  #forgetUndone(): void {
    this.#userAgents.forget()
    this.#readAgain()
  }

  #invalidate(news: readonly Revocation[]): void {
    const exceptions = new Map<string, (string | undefined)[]>()
    for (const { jti, userId, except } of news) {
      if (jti !== null) this.#cache.invalidate([toJti(jti)])
      if (userId === null) continue
      const excepted = except === null ? undefined : toJti(except)
      exceptions.set(userId, [...(exceptions.get(userId) ?? []), excepted])
    }
    if (exceptions.size > 0) this.#cache.invalidateUsers(exceptions)
  }
}
