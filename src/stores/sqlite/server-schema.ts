import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/** The users of the stand-alone server. Times are milliseconds since 1970. */
export const users = sqliteTable(
  'sliding_users',
  {
    id: text('id').primaryKey(),
    /** As it was given, in NFC. */
    username: text('username').notNull(),
    /** The name folded for comparison: two names that differ in case only are one. */
    usernameKey: text('username_key').notNull(),
    /** argon2id in PHC form. */
    passwordHash: text('password_hash').notNull(),
    role: text('role', { enum: ['user', 'admin'] }).notNull(),
    disabled: integer('disabled', { mode: 'boolean' }).notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [uniqueIndex('sliding_users_key').on(table.usernameKey)],
)

/** The audit trail: what happened, to whom, by whom. Never a token or a password. */
export const events = sqliteTable(
  'sliding_events',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    at: integer('at').notNull(),
    type: text('type').notNull(),
    /** Whom it happened to; null where no user is known. */
    userId: text('user_id'),
    /** Who did it; null where nobody was logged in. */
    actorId: text('actor_id'),
    jti: text('jti'),
    ip: text('ip'),
    /** What else there is to know, as a JSON object. */
    detail: text('detail', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  },
  (table) => [
    index('sliding_events_user').on(table.userId, table.id),
    index('sliding_events_type').on(table.type, table.id),
    index('sliding_events_at').on(table.at),
  ],
)

/** Failed logins by key, in the form that rate-limiter-flexible reads and writes. */
export const loginFailures = sqliteTable(
  'sliding_login_failures',
  {
    /** Kind and hash: `account:…`, or kind and address: `ip:…`. */
    key: text('key').primaryKey(),
    points: integer('points').notNull().default(0),
    /** When the count begins anew. */
    expire: integer('expire'),
  },
  (table) => [index('sliding_login_failures_expire').on(table.expire)],
)
