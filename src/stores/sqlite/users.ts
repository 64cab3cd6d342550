import { and, asc, eq, gt, ne, sql } from 'drizzle-orm'
import type { Timestamp } from '../../protocol/types.ts'
import { orUnavailable } from '../or-unavailable.ts'
import type { UserChange, UserPage, UserRecord, UserStore, UserUpdate } from '../server-store.ts'
import { isAdmin, isSame } from '../user-changes.ts'
import type { Drizzle } from './connection.ts'
import { users } from './server-schema.ts'

/** The users in a SQLite database whose tables are up to date. */
export class SqliteUserStore implements UserStore {
  readonly #database: Drizzle
  readonly #find
  readonly #findByKey

  constructor(database: Drizzle) {
    this.#database = database
    const { placeholder } = sql
    this.#find = database
      .select()
      .from(users)
      .where(eq(users.id, placeholder('id')))
      .prepare()
    this.#findByKey = database
      .select()
      .from(users)
      .where(eq(users.usernameKey, placeholder('key')))
      .prepare()
  }

  create(user: UserRecord): Promise<boolean> {
    return orUnavailable(
      () => this.#database.insert(users).values(user).onConflictDoNothing().run().changes === 1,
    )
  }

  find(id: string): Promise<UserRecord | undefined> {
    return orUnavailable(() => this.#find.get({ id }))
  }

  findByKey(usernameKey: string): Promise<UserRecord | undefined> {
    return orUnavailable(() => this.#findByKey.get({ key: usernameKey }))
  }

  list({ search, after, limit }: UserPage): Promise<UserRecord[]> {
    return orUnavailable(() =>
      this.#database
        .select()
        .from(users)
        .where(
          and(
            after === undefined ? undefined : gt(users.usernameKey, after),
            search === undefined ? undefined : sql`instr(${users.usernameKey}, ${search}) > 0`,
          ),
        )
        .orderBy(asc(users.usernameKey))
        .limit(limit)
        .all(),
    )
  }

  update(id: string, change: UserChange, at: Timestamp): Promise<UserUpdate> {
    return orUnavailable(() =>
      this.#database.transaction(() => this.#update(id, change, at), { behavior: 'immediate' }),
    )
  }

  replaceHash(id: string, { from, to }: { from: string; to: string }, at?: Timestamp): Promise<boolean> {
    const isAsExpected = and(eq(users.id, id), eq(users.passwordHash, from), eq(users.disabled, false))
    const set = at === undefined ? { passwordHash: to } : { passwordHash: to, updatedAt: at }
    return orUnavailable(() => this.#database.update(users).set(set).where(isAsExpected).run().changes === 1)
  }

  /** Inside a transaction that holds the write lock, so that two changes cannot each spare the other's admin. */
  #update(id: string, change: UserChange, at: Timestamp): UserUpdate {
    const before = this.#find.get({ id })
    if (before === undefined) return { kind: 'unknown' }
    const after = { ...before, ...change }
    if (isAdmin(before) && !isAdmin(after) && this.#isOnlyAdmin(id)) return { kind: 'last_admin' }
    if (isSame(before, after)) return { kind: 'updated', before, after: before }
    const changed = { ...after, updatedAt: at }
    this.#database.update(users).set(changed).where(eq(users.id, id)).run()
    return { kind: 'updated', before, after: changed }
  }

  #isOnlyAdmin(id: string): boolean {
    const isOther = and(eq(users.role, 'admin'), eq(users.disabled, false), ne(users.id, id))
    return this.#database.select({ id: users.id }).from(users).where(isOther).limit(1).get() === undefined
  }
}
