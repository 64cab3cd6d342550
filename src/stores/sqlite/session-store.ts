import type { RevocationReason, SessionRecord, Timestamp } from '../../protocol/types.ts'
import type { EndedBefore, Renewal, RevocationTarget, SessionStore } from '../store.ts'
import type { Drizzle, Sqlite } from './connection.ts'
import { prepareStatements, toKey, toRecord } from './session-statements.ts'
import { UserAgents } from './user-agents.ts'

/** Sessions in a SQLite database whose tables are up to date. */
export class SqliteSessionStore implements SessionStore {
  readonly #sqlite: Sqlite
  readonly #ownsConnection: boolean
  readonly #userAgents: UserAgents
  readonly #statements

  constructor(sqlite: Sqlite, database: Drizzle, ownsConnection: boolean) {
    this.#sqlite = sqlite
    this.#ownsConnection = ownsConnection
    this.#userAgents = new UserAgents(database)
    this.#statements = prepareStatements(database)
  }

  peek(jti: string): SessionRecord | undefined {
    const row = this.#statements.find.get({ jti: toKey(jti) })
    return row && toRecord(row)
  }

  async find(jti: string): Promise<SessionRecord | undefined> {
    return this.peek(jti)
  }

  async create(record: SessionRecord): Promise<void> {
    const { createdAt: now } = record
    this.#statements.create.run({
      ...record,
      jti: toKey(record.jti),
      userAgentId: this.#userAgents.idOf(record.userAgent, now),
      lastIp: record.lastIp === record.ip ? null : record.lastIp,
      lastUserAgentId:
        record.lastUserAgent === record.userAgent ? null : this.#userAgents.idOf(record.lastUserAgent, now),
    })
  }

  async renew({ jti, expected, lineage, at, client }: Renewal): Promise<boolean> {
    const { changes } = this.#statements.renew.run({
      ...lineage,
      jti: toKey(jti),
      expectedIssued: expected.issued,
      expectedSeen: expected.seen,
      at,
      ip: client.ip,
      userAgentId: this.#userAgents.idOf(client.userAgent, at),
    })
    return changes === 1
  }

  async markSeen(jti: string, gen: number): Promise<void> {
    this.#statements.markSeen.run({ jti: toKey(jti), gen })
  }

  async revoke(target: RevocationTarget, reason: RevocationReason, at: Timestamp): Promise<number> {
    if ('jti' in target) {
      return this.#statements.revokeOne.run({ jti: toKey(target.jti), reason, at }).changes
    }
    const except = target.except === undefined ? Buffer.alloc(0) : toKey(target.except)
    return this.#statements.revokeAll.run({ userId: target.userId, except, reason, at }).changes
  }

  async list(userId: string): Promise<SessionRecord[]> {
    return this.#statements.list.all({ userId }).map(toRecord)
  }

  async prune(ended: EndedBefore, now: Timestamp): Promise<number> {
    const used = new Set<number>()
    let pruned = 0
    for (let from: Buffer = Buffer.alloc(0); ; ) {
      const batch = this.#statements.batch.all({ from })
      const to = batch.at(-1)?.jti
      if (to === undefined) break
      for (const { userAgentId, lastUserAgentId } of batch) {
        used.add(userAgentId)
        if (lastUserAgentId !== null) used.add(lastUserAgentId)
      }
      pruned += this.#statements.prune.run({ from, to, ...ended }).changes
      from = to
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#deleteUnusedAgents(used, now)
    return pruned
  }

  #deleteUnusedAgents(used: ReadonlySet<number>, now: Timestamp): void {
    for (const { id } of this.#statements.allAgents.all()) {
      if (!used.has(id)) this.#userAgents.deleteUnused(id, now)
    }
  }

  async close(): Promise<void> {
    if (this.#ownsConnection) this.#sqlite.close()
  }
}
