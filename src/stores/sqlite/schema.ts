import { sql } from 'drizzle-orm'
import { blob, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { RevocationReason } from '../../protocol/types.ts'

/** Every user agent once; sessions refer to it by number. */
export const userAgents = sqliteTable('sliding_user_agents', {
  id: integer('id').primaryKey(),
  value: text('value').notNull().unique(),
  /** When it was last referred to anew, to the day: see `UserAgents`. */
  usedAt: integer('used_at').notNull(),
})

/**
 * One row per session. `WITHOUT ROWID` (added to the generated migration by hand, as drizzle has no word for
 * it): the row lies in the tree of its key, so that one look-up serves. The names are those of the protocol;
 * times are milliseconds since 1970.
 */
export const sessions = sqliteTable(
  'sliding_sessions',
  {
    /** The 16 bytes that tokens carry in base64url. */
    jti: blob('jti', { mode: 'buffer' }).primaryKey(),
    userId: text('user_id').notNull(),
    /** Stands for the user in the index, where the id itself would take more room than all else: see `toUserKey`. */
    userKey: blob('user_key', { mode: 'buffer' }).notNull(),
    ip: text('ip').notNull(),
    userAgentId: integer('user_agent_id')
      .notNull()
      .references(() => userAgents.id),
    valid: integer('valid', { mode: 'boolean' }).notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    /** Null: as at login. */
    lastIp: text('last_ip'),
    /** Null: as at login. */
    lastUserAgentId: integer('last_user_agent_id').references(() => userAgents.id),
    revokedAt: integer('revoked_at'),
    revokedReason: text('revoked_reason').$type<RevocationReason>(),
    issued: integer('issued').notNull(),
    seen: integer('seen').notNull(),
    floor: integer('floor').notNull(),
    parent: integer('parent'),
  },
  (table) => [index('sliding_sessions_user').on(table.userKey, table.valid)],
)

/**
 * The log of revocations, in the order of their commits: every process reads what is new in it when it
 * notices a commit, and corrects what it has in memory. A row is about one session, or about all sessions of
 * a user that began up to then, where wanted with the exception of one.
 *
 * A trigger (added to the generated migration by hand) keeps the log for whoever revokes or deletes a session
 * without this store, as an operator may with the `sqlite3` shell.
 */
export const revocations = sqliteTable(
  'sliding_revocations',
  {
    /** Without gaps: the last row is never deleted. */
    seq: integer('seq').primaryKey(),
    at: integer('at').notNull(),
    jti: blob('jti', { mode: 'buffer' }),
    userId: text('user_id'),
    except: blob('except_jti', { mode: 'buffer' }),
    reason: text('reason').$type<RevocationReason>(),
    /** Whether rows of the user are still to be marked; until then this row alone makes them invalid. */
    isOpen: integer('is_open', { mode: 'boolean' }).notNull(),
  },
  (table) => [index('sliding_revocations_open').on(table.userId).where(sql`is_open`)],
)
