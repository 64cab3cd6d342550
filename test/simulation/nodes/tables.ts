import Database from 'better-sqlite3'
import type { RevocationReason, SessionRecord } from '../../../src/protocol/types.ts'
import { toJti, toUuid } from '../../../src/stores/postgres/jti.ts'
import { migrateTables } from '../../../src/stores/sqlite/connection.ts'
import { toKey, toUserKey } from '../../../src/stores/sqlite/jti.ts'
import { prepareStatements, toRecord } from '../../../src/stores/sqlite/session-statements.ts'
import type { Renewal } from '../../../src/stores/store.ts'
import type { RecordState } from '../designs/design.ts'
import { RECORD } from '../designs/ours.ts'

/** Told what a statement has written. */
export interface WriteWatcher {
  renewed(renewal: Renewal): void
  revoked(jti: string, reason: RevocationReason): void
}

type Values = readonly unknown[]
type Row = Readonly<Record<string, unknown>>
type Runner = (values: Values, watcher: WriteWatcher) => readonly Row[]

const AFTER_EVERY_KEY = Buffer.alloc(16, 255)

/**
 * The tables of one database server. It runs the statements of the PostgreSQL store, by their names, on a SQLite
 * database with the conditions of the SQLite store's own statements.
 */
export class Tables {
  readonly #sqlite: Database.Database
  readonly #statements
  readonly #readRecord: Database.Statement

  /** The number of the next new user agent. */
  nextAgent: number

  /** The tables of a copy, or empty ones. */
  constructor(copy?: Buffer, nextAgent = 1) {
    this.nextAgent = nextAgent
    this.#sqlite = new Database(copy ?? ':memory:')
    // As on PostgreSQL, no foreign key keeps the number of a user agent that is not there.
    this.#sqlite.pragma('foreign_keys = OFF')
    this.#statements = prepareStatements(migrateTables(this.#sqlite, 'sessions'))
    this.#readRecord = this.#sqlite.prepare(RECORD)
  }

  /** Runs a statement as one transaction. */
  run(name: string, values: Values, watcher: WriteWatcher): readonly Row[] {
    const runner = this.#runners[name]
    if (runner === undefined) throw new Error(`The simulated PostgreSQL knows no statement ${name}.`)
    return this.#sqlite.transaction(() => runner(values, watcher))()
  }

  record(session: string): RecordState | undefined {
    return this.#readRecord.get(toKey(session)) as RecordState | undefined
  }

  copy(): Buffer {
    return this.#sqlite.serialize()
  }

  close(): void {
    this.#sqlite.close()
  }

  readonly #runners: Readonly<Record<string, Runner>> = {
    sliding_find: ([uuid]) => {
      const row = this.#statements.find.get({ jti: keyOf(uuid) })
      return row === undefined ? [] : [toRow(toRecord(row))]
    },
    sliding_list: ([userId]) => this.#statements.list.all(ofUser(userId)).map((row) => toRow(toRecord(row))),
    sliding_create: (columns) =>
      rowsOf(columns)
        .filter((row) => this.#create(row))
        .map(toWritten),
    sliding_renew: (columns, watcher) =>
      rowsOf(columns)
        .filter((row) => this.#renew(row, watcher))
        .map(toWritten),
    sliding_mark_seen: (columns) =>
      rowsOf(columns)
        .filter(([uuid, gen]) => this.#statements.markSeen.run({ jti: keyOf(uuid), gen }).changes > 0)
        .map(toWritten),
    sliding_revoke_some: (columns, watcher) =>
      rowsOf(columns)
        .filter(([uuid, at, reason]) => this.#revoke(keyOf(uuid), at, reason, watcher))
        .map(toWritten),
    sliding_revoke_all: ([userId, except, at, reason], watcher) => {
      const kept = except === null ? Buffer.alloc(0) : keyOf(except)
      const some = { ...ofUser(userId), except: kept, limit: -1 }
      const revoked = this.#statements.someValid
        .all(some)
        .filter(({ jti }) => this.#revoke(jti, at, reason, watcher))
      return [{ count: revoked.length }]
    },
    sliding_session_pages: () => [{ pages: 1 }],
    sliding_prune: ([, , createdAt, updatedAt, revokedAt]) => {
      const range = { from: Buffer.alloc(0), to: AFTER_EVERY_KEY }
      return [{ pruned: this.#statements.prune.run({ ...range, createdAt, updatedAt, revokedAt }).changes }]
    },
    sliding_touch_agents: ([agents, at]) => this.#touchAgents(agents as string[], at),
    // As on PostgreSQL, a number is used up even where the agent is there.
    sliding_add_agents: ([agents, at]) => {
      const add = this.#sqlite.prepare(
        'INSERT INTO sliding_user_agents (id, value, used_at) VALUES (?, ?, ?) ON CONFLICT (value) DO NOTHING',
      )
      for (const agent of (agents as string[]).toSorted()) add.run(this.nextAgent++, agent, at)
      return this.#touchAgents(agents as string[], at)
    },
    sliding_is_any_agent_unused: ([before]) => {
      const unused = this.#sqlite.prepare('SELECT 1 FROM sliding_user_agents WHERE used_at < ?').get(before)
      return [{ isAny: unused !== undefined }]
    },
    sliding_delete_agents: ([before]) => {
      this.#sqlite
        .prepare(
          `DELETE FROM sliding_user_agents WHERE used_at < ? AND id NOT IN (
             SELECT user_agent_id FROM sliding_sessions
             UNION SELECT last_user_agent_id FROM sliding_sessions WHERE last_user_agent_id IS NOT NULL)`,
        )
        .run(before)
      return []
    },
  }

  #create(row: Values): boolean {
    const [uuid, userId, ip, agent, createdAt, updatedAt, lastIp, lastAgent, issued, seen, floor, parent] =
      row
    if (this.record(toJti(uuid as string)) !== undefined) return false
    this.#statements.create.run({
      ...ofUser(userId),
      jti: keyOf(uuid),
      ip,
      userAgentId: agent,
      createdAt,
      updatedAt,
      lastIp: lastIp === ip ? null : lastIp,
      lastUserAgentId: lastAgent === agent ? null : lastAgent,
      issued,
      seen,
      floor,
      parent,
    })
    return true
  }

  #renew(row: Values, watcher: WriteWatcher): boolean {
    const [uuid, expectedIssued, expectedSeen, ...written] = row
    const [issued, seen, floor, parent, at, ip, userAgentId] = written as number[]
    const lineage = { issued, seen, floor, parent }
    const renewal = { ...lineage, jti: keyOf(uuid), expectedIssued, expectedSeen, at, ip, userAgentId }
    if (this.#statements.renew.run(renewal).changes === 0) return false
    watcher.renewed({
      jti: toJti(uuid as string),
      expected: { issued: expectedIssued, seen: expectedSeen },
      lineage,
      at,
      client: { ip, userAgent: '' },
    } as unknown as Renewal)
    return true
  }

  #revoke(jti: Buffer, at: unknown, reason: unknown, watcher: WriteWatcher): boolean {
    if (this.#statements.mark.run({ jti, at, reason }).changes === 0) return false
    watcher.revoked(jti.toString('base64url'), reason as RevocationReason)
    return true
  }

  #touchAgents(agents: readonly string[], at: unknown): Row[] {
    const touch = this.#sqlite.prepare(
      'UPDATE sliding_user_agents SET used_at = max(used_at, ?) WHERE value = ? RETURNING id, value',
    )
    return agents.flatMap((agent) => touch.all(at, agent) as Row[])
  }
}

/** The rows of a statement that takes a list for each column. */
function rowsOf(columns: Values): Values[] {
  const lists = columns as readonly Values[]
  return (lists[0] ?? []).map((_, row) => lists.map((list) => list[row]))
}

function toWritten([jti]: Values): Row {
  return { jti }
}

function toRow(record: SessionRecord): Row {
  return { ...record, jti: toUuid(record.jti) }
}

function keyOf(uuid: unknown): Buffer {
  return toKey(toJti(uuid as string))
}

function ofUser(userId: unknown): { userId: string; userKey: Buffer } {
  return { userId: userId as string, userKey: toUserKey(userId as string) }
}
