import { sql } from 'drizzle-orm'
import { bigint, boolean, customType, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import type { RevocationReason } from '../../protocol/types.ts'

/** The number of a transaction, which never comes again. */
const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' })

const milliseconds = (name: string) => bigint(name, { mode: 'number' })
const generation = (name: string) => bigint(name, { mode: 'number' })

/** Every user agent once; sessions refer to it by number. */
export const userAgents = pgTable('sliding_user_agents', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  value: text('value').notNull().unique('sliding_user_agents_value'),
  /** When it was last referred to anew, to the day: see `UserAgents`. */
  usedAt: milliseconds('used_at').notNull(),
})

/**
 * One row per session. Times are milliseconds since 1970. The widest columns come first, so that none is
 * padded. No index has a column that a renewal or a revocation changes: new versions of a row stay on its page
 * (HOT), for which the migration, by hand, leaves room on each page (`fillfactor`).
 *
 * No foreign key leads to the user agents: its lock on the row of a browser that everybody has would be taken
 * by every login. `UserAgents` keeps what is in use.
 */
export const sessions = pgTable(
  'sliding_sessions',
  {
    /** The 16 bytes that tokens carry in base64url. */
    jti: uuid('jti').primaryKey(),
    createdAt: milliseconds('created_at').notNull(),
    updatedAt: milliseconds('updated_at').notNull(),
    revokedAt: milliseconds('revoked_at'),
    issued: generation('issued').notNull(),
    seen: generation('seen').notNull(),
    floor: generation('floor').notNull(),
    parent: generation('parent'),
    userAgentId: integer('user_agent_id').notNull(),
    /** Null: as at login. */
    lastUserAgentId: integer('last_user_agent_id'),
    valid: boolean('valid').notNull(),
    /** See `toText`. */
    userId: text('user_id').notNull(),
    ip: text('ip').notNull(),
    /** Null: as at login. */
    lastIp: text('last_ip'),
    revokedReason: text('revoked_reason').$type<RevocationReason>(),
  },
  // A hash takes 4 bytes of each entry, however long the ids are.
  (table) => [index('sliding_sessions_user').using('hash', table.userId)],
)

/**
 * The log of revocations, which every process follows to correct what it has in memory. Triggers (added to the
 * migration by hand) write it and notify of it in the transaction that revokes or deletes a session, whoever
 * does: this store, or an operator with `psql`.
 *
 * Rows become visible in the order of commits, not of `seq`. So a reader asks for those whose transaction was
 * not over yet when it read last: see `RevocationListener`.
 */
export const revocations = pgTable(
  'sliding_revocations',
  {
    seq: bigint('seq', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    xact: xid8('xact').notNull().default(sql`pg_current_xact_id()`),
    /** Null: all sessions, as the table was emptied. */
    jti: uuid('jti'),
  },
  (table) => [index('sliding_revocations_xact').on(table.xact)],
)
