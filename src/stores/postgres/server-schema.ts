import { bigint, boolean, customType, index, integer, json, pgTable, uniqueIndex } from 'drizzle-orm/pg-core'
import type { Role } from '../server-store.ts'
import { fromText, toText } from './text.ts'

/** Any string: see `toText`. */
const text = customType<{ data: string; driverData: string }>({
  dataType: () => 'text',
  toDriver: toText,
  fromDriver: fromText,
})

const milliseconds = (name: string) => bigint(name, { mode: 'number' })

/** The users of the stand-alone server. Times are milliseconds since 1970. */
export const users = pgTable(
  'sliding_users',
  {
    id: text('id').primaryKey(),
    /** As it was given, in NFC. */
    username: text('username').notNull(),
    /**
     * The name folded for comparison: two names that differ in case only are one. Its order is that of its bytes
     * (`COLLATE "C"`, added to the migration by hand), whatever the database's locale.
     */
    usernameKey: text('username_key').notNull(),
    /** argon2id in PHC form. */
    passwordHash: text('password_hash').notNull(),
    role: text('role').$type<Role>().notNull(),
    disabled: boolean('disabled').notNull(),
    createdAt: milliseconds('created_at').notNull(),
    updatedAt: milliseconds('updated_at').notNull(),
  },
  (table) => [uniqueIndex('sliding_users_key').on(table.usernameKey)],
)

/** The audit trail: what happened, to whom, by whom. Never a token or a password. */
export const events = pgTable(
  'sliding_events',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: milliseconds('at').notNull(),
    type: text('type').notNull(),
    /** Whom it happened to; null where no user is known. */
    userId: text('user_id'),
    /** Who did it; null where nobody was logged in. */
    actorId: text('actor_id'),
    jti: text('jti'),
    ip: text('ip'),
    /** What else there is to know. `json` and not `jsonb`, which takes no U+0000. */
    detail: json('detail').$type<Record<string, unknown>>().notNull(),
  },
  (table) => [
    index('sliding_events_user').on(table.userId, table.id),
    index('sliding_events_type').on(table.type, table.id),
    index('sliding_events_at').on(table.at),
  ],
)

/** Failed logins by key, in the form that rate-limiter-flexible reads and writes. */
export const loginFailures = pgTable(
  'sliding_login_failures',
  {
    /** Kind and hash: `account:…`, or kind and address: `ip:…`. */
    key: text('key').primaryKey(),
    points: integer('points').notNull().default(0),
    /** When the count begins anew. */
    expire: milliseconds('expire'),
  },
  (table) => [index('sliding_login_failures_expire').on(table.expire)],
)
