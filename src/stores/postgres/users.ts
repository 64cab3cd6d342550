import { and, asc, eq, gt, ne, sql } from 'drizzle-orm'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { Pool } from 'pg'
import type { Timestamp } from '../../protocol/types.ts'
import { orUnavailable } from '../or-unavailable.ts'
import type { UserChange, UserPage, UserRecord, UserStore, UserUpdate } from '../server-store.ts'
import { isAdmin, isSame } from '../user-changes.ts'
import { LOCKS } from './locks.ts'
import { inTransaction } from './query.ts'
import { users } from './server-schema.ts'

/** The users in a PostgreSQL database whose tables are up to date. */
export class PostgresUserStore implements UserStore {
  readonly #pool: Pool
  readonly #database: NodePgDatabase
  readonly #find
  readonly #findByKey

  constructor(pool: Pool, database: NodePgDatabase) {
    this.#pool = pool
    this.#database = database
    const given = (column: AnyPgColumn) => sql.param(sql.placeholder('given'), column)
    this.#find = database
      .select()
      .from(users)
      .where(eq(users.id, given(users.id)))
      .prepare('sliding_find_user')
    this.#findByKey = database
      .select()
      .from(users)
      .where(eq(users.usernameKey, given(users.usernameKey)))
      .prepare('sliding_find_user_by_key')
  }

  async create(user: UserRecord): Promise<boolean> {
    const { rowCount } = await orUnavailable(() =>
      this.#database.insert(users).values(user).onConflictDoNothing(),
    )
    return rowCount === 1
  }

  async find(id: string): Promise<UserRecord | undefined> {
    return (await orUnavailable(() => this.#find.execute({ given: id })))[0]
  }

  async findByKey(usernameKey: string): Promise<UserRecord | undefined> {
    return (await orUnavailable(() => this.#findByKey.execute({ given: usernameKey })))[0]
  }

  list({ search, after, limit }: UserPage): Promise<UserRecord[]> {
    const { usernameKey } = users
    return orUnavailable(() =>
      this.#database
        .select()
        .from(users)
        .where(
          and(
            after === undefined ? undefined : gt(usernameKey, after),
            search === undefined
              ? undefined
              : sql`strpos(${usernameKey}, ${sql.param(search, usernameKey)}) > 0`,
          ),
        )
        .orderBy(asc(usernameKey))
        .limit(limit),
    )
  }

  update(id: string, change: UserChange, at: Timestamp): Promise<UserUpdate> {
    return orUnavailable(() => inTransaction(this.#pool, (client) => update(drizzle(client), id, change, at)))
  }

  async replaceHash(
    id: string,
    { from, to }: { from: string; to: string },
    at?: Timestamp,
  ): Promise<boolean> {
    const isAsExpected = and(eq(users.id, id), eq(users.passwordHash, from), eq(users.disabled, false))
    const set = at === undefined ? { passwordHash: to } : { passwordHash: to, updatedAt: at }
    const { rowCount } = await orUnavailable(() => this.#database.update(users).set(set).where(isAsExpected))
    return rowCount === 1
  }
}

/** In a transaction, under a lock, so that two changes cannot each spare the other's admin. */
async function update(
  database: NodePgDatabase,
  id: string,
  change: UserChange,
  at: Timestamp,
): Promise<UserUpdate> {
  await database.execute(sql`SELECT pg_advisory_xact_lock(${sql.raw(String(LOCKS.users))})`)
  const [before] = await database.select().from(users).where(eq(users.id, id)).for('update')
  if (before === undefined) return { kind: 'unknown' }
  const after = { ...before, ...change }
  if (isAdmin(before) && !isAdmin(after) && (await isOnlyAdmin(database, id))) return { kind: 'last_admin' }
  if (isSame(before, after)) return { kind: 'updated', before, after: before }
  const changed = { ...after, updatedAt: at }
  await database.update(users).set(changed).where(eq(users.id, id))
  return { kind: 'updated', before, after: changed }
}

async function isOnlyAdmin(database: NodePgDatabase, id: string): Promise<boolean> {
  const isOther = and(eq(users.role, 'admin'), eq(users.disabled, false), ne(users.id, id))
  const others = await database.select({ id: users.id }).from(users).where(isOther).limit(1)
  return others.length === 0
}
