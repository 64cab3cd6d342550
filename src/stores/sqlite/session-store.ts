import type { RevocationReason, SessionRecord, Timestamp } from '../../protocol/types.ts'
import { SessionCache } from '../session-cache.ts'
import type { EndedBefore, Renewal, RevocationTarget, SessionStore, StoreOptions } from '../store.ts'
import { type ChangeSignal, changeSignal } from './change-signal.ts'
import { CommitQueue } from './commit-queue.ts'
import type { Drizzle, Sqlite } from './connection.ts'
import { toJti, toKey, toUserKey } from './jti.ts'
import { type Revocation, RevocationLog } from './revocation-log.ts'
import { FIRST_KEY, prepareStatements, toRecord } from './session-statements.ts'
import { UserAgents } from './user-agents.ts'

const DEFAULT_CACHE_SIZE = 10_000

/** So many rows are marked in the transaction that revokes a user's sessions; of more, so many in each turn. */
const MARKED_AT_ONCE = 100
const BATCH = 250

/** Sessions in a SQLite database whose tables are up to date. */
export class SqliteSessionStore implements SessionStore {
  readonly #sqlite: Sqlite
  readonly #ownsConnection: boolean
  readonly #userAgents: UserAgents
  readonly #statements
  readonly #queue: CommitQueue
  readonly #log: RevocationLog
  readonly #cache: SessionCache
  readonly #signal: ChangeSignal
  /** Whether there are commits after which the log was not read yet: a signal comes once, and reading may fail. */
  #isBehind = false
  /** Grows with every revocation that becomes known: what was written before is not remembered as valid after it. */
  #revocations = 0
  #isClosed = false

  constructor(sqlite: Sqlite, database: Drizzle, ownsConnection: boolean, options: StoreOptions = {}) {
    const { cacheSize = DEFAULT_CACHE_SIZE, singleProcess = false } = options
    this.#sqlite = sqlite
    this.#ownsConnection = ownsConnection
    this.#userAgents = new UserAgents(database)
    this.#statements = prepareStatements(database)
    this.#queue = new CommitQueue(sqlite, () => this.#forgetUndone())
    this.#cache = new SessionCache(cacheSize)
    this.#signal = singleProcess ? { hasChanged: () => false } : changeSignal(sqlite)
    this.#log = new RevocationLog(sqlite, database)
  }

  /** What memory says against a session stays true, whatever was committed since. */
  peek(jti: string, connection?: object): SessionRecord | undefined {
    try {
      this.#catchUp(connection)
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
    let before = this.#revocations
    for (;;) {
      const open = await this.#queue.run(() => {
        const [unfinished] = this.#log.openOf(record.userId)
        if (unfinished !== undefined) return unfinished
        // What was revoked until now does not concern this session.
        this.#readLog()
        before = this.#revocations
        this.#insert(record)
        return undefined
      })
      if (open === undefined) break
      await this.#finish(open)
    }
    if (this.#revocations === before) this.#cache.set(record)
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
    return 'jti' in target
      ? this.#revokeOne(target.jti, reason, at)
      : this.#revokeAll(target.userId, target.except, reason, at)
  }

  async list(userId: string): Promise<SessionRecord[]> {
    return this.#statements.list.all(ofUser(userId)).map(toRecord)
  }

  async prune(ended: EndedBefore, now: Timestamp): Promise<number> {
    for (const open of this.#log.allOpen()) await this.#finish(open)
    const used = new Set<number>()
    let pruned = 0
    for (let from = FIRST_KEY; !this.#isClosed; ) {
      const batch = this.#statements.batch.all({ from })
      const to = batch.at(-1)?.jti
      if (to === undefined) break
      for (const { userAgentId, lastUserAgentId } of batch) {
        used.add(userAgentId)
        if (lastUserAgentId !== null) used.add(lastUserAgentId)
      }
      const range = { from, to, ...ended }
      pruned += await this.#queue.run(() => this.#statements.prune.run(range).changes)
      from = to
    }
    if (!this.#isClosed) await this.#queue.run(() => this.#deleteUnusedAgents(used, now))
    for (const stretch of this.#isClosed ? [] : this.#log.stretches()) {
      if (this.#isClosed) break
      await this.#queue.run(() => this.#log.prune(stretch, now))
    }
    return pruned
  }

  async close(): Promise<void> {
    this.#isClosed = true
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

  async #revokeOne(jti: string, reason: RevocationReason, at: Timestamp): Promise<number> {
    const key = toKey(jti)
    const revokeAndLog = this.#sqlite.transaction(() => {
      const { changes } = this.#statements.revokeOne.run({ jti: key, reason, at })
      if (changes > 0) this.#log.addSession(key, at)
      return changes
    })
    const changes = await this.#queue.run(revokeAndLog)
    this.#revocations += 1
    this.#cache.change(jti, { valid: false, revokedAt: at, revokedReason: reason })
    return changes
  }

  /**
   * One row of the log makes all sessions invalid at once. The rows of a few are marked in the same
   * transaction; those of many, each on a page of its own, follow in batches, so that nobody waits for them.
   */
  async #revokeAll(
    userId: string,
    except: string | undefined,
    reason: RevocationReason,
    at: Timestamp,
  ): Promise<number> {
    for (const unfinished of this.#log.openOf(userId)) await this.#finish(unfinished)
    const openAndCount = this.#sqlite.transaction(() => {
      const open = this.#log.open(userId, except === undefined ? null : toKey(except), reason, at)
      const count = this.#statements.countValid.get(revocable(open))?.count ?? 0
      return { open, count, isFinished: count <= MARKED_AT_ONCE && this.#markSome(open) }
    })
    const { open, count, isFinished } = await this.#queue.run(openAndCount)
    this.#revocations += 1
    this.#cache.invalidateUser(userId, except)
    // What fails here is finished by the next prune, or before the user's next login.
    if (!isFinished) this.#finish(open).catch(() => undefined)
    return count
  }

  /** Marks what is left of a revocation, a batch in each turn. */
  async #finish(open: Revocation): Promise<void> {
    while (!this.#isClosed && !(await this.#queue.run(this.#sqlite.transaction(() => this.#markSome(open)))));
  }

  /** Marks some rows of a revocation; answers whether it is finished. */
  #markSome(open: Revocation): boolean {
    const { seq, reason, at } = open
    const rows = this.#statements.someValid.all({ ...revocable(open), limit: BATCH })
    for (const { jti } of rows) this.#statements.mark.run({ jti, reason, at })
    if (rows.length === BATCH) return false
    this.#log.close(seq)
    return true
  }

  /** If anybody has committed, what was revoked meanwhile is no longer valid here either. */
  #catchUp(connection?: object): void {
    if (this.#signal.hasChanged(connection)) this.#isBehind = true
    if (!this.#isBehind) return
    this.#readLog()
    if (this.#sqlite.inTransaction) this.#readAgain()
  }

  /** What is read inside of a transaction of the host's is of its beginning, and its own writes may be undone. */
  #readAgain(): void {
    this.#log.rewind()
    this.#isBehind = true
  }

  #readLog(): void {
    const news = this.#log.read()
    if (news.length > 0) this.#revocations += 1
    if (news === 'missed') this.#cache.clear()
    else for (const { jti, userId, except } of news) this.#invalidate(jti, userId, except)
    this.#isBehind = false
  }

  /** A batch was undone: what was written in it, and read of the log, never was. */
  #forgetUndone(): void {
    this.#userAgents.forget()
    this.#readAgain()
  }

  #invalidate(jti: Buffer | null, userId: string | null, except: Buffer | null): void {
    if (jti !== null) this.#cache.change(toJti(jti), { valid: false })
    if (userId !== null) this.#cache.invalidateUser(userId, except === null ? undefined : toJti(except))
  }

  #deleteUnusedAgents(used: ReadonlySet<number>, now: Timestamp): void {
    for (const { id } of this.#statements.allAgents.all()) {
      if (!used.has(id)) this.#userAgents.deleteUnused(id, now)
    }
  }
}

function ofUser(userId: string) {
  return { userId, userKey: toUserKey(userId) }
}

/** Whose sessions a revocation covers. */
function revocable({ userId, except }: Revocation) {
  return { ...ofUser(userId ?? ''), except: except ?? FIRST_KEY }
}
