import { randomUUID } from 'node:crypto'
import { type Claims, type SlidingSession, SlidingSessionError, type Timestamp } from '../index.ts'
import type { Role, UserChange, UserRecord, UserStore } from '../stores/server-store.ts'
import type { Audit } from './audit.ts'
import { foldName, readPassword, readUsername } from './credentials.ts'
import { pageOf, readCursor } from './cursor.ts'
import { hashPassword } from './passwords.ts'

/** A user as everybody who may know of it sees it. Dates become ISO 8601 in JSON. */
export interface UserInfo {
  readonly id: string
  readonly username: string
  readonly role: Role
  readonly disabled: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface UsersParts {
  readonly users: UserStore
  readonly audit: Audit
  readonly sessions: SlidingSession
  readonly now: () => Timestamp
}

/**
 * What tokens carry of a user, for `slidingSession({ loadClaims })`: the role; null where the user is gone
 * or disabled.
 */
export function claimsFrom(users: UserStore): (userId: string) => Promise<Claims | null> {
  return async (userId) => {
    const user = await users.find(userId)
    return user === undefined || user.disabled ? null : { role: user.role }
  }
}

/** The users of the stand-alone server and the rules that hold for them. */
export class Users {
  readonly #store: UserStore
  readonly #audit: Audit
  readonly #sessions: SlidingSession
  readonly #now: () => Timestamp

  constructor({ users, audit, sessions, now }: UsersParts) {
    this.#store = users
    this.#audit = audit
    this.#sessions = sessions
    this.#now = now
  }

  /**
   * Adds a user. Default role: `user`.
   *
   * @throws SlidingSessionError `body_invalid` where name or password cannot be taken, `conflict` where the
   * name is taken.
   */
  async create(user: { username: string; password: string; role?: Role | undefined }): Promise<UserInfo> {
    const username = readUsername(user.username)
    const passwordHash = await hashPassword(readPassword(user.password, username))
    const now = this.#now()
    const record: UserRecord = {
      id: randomUUID(),
      username,
      usernameKey: foldName(username),
      passwordHash,
      role: user.role ?? 'user',
      disabled: false,
      createdAt: now,
      updatedAt: now,
    }
    if (!(await this.#store.create(record))) throw new SlidingSessionError('conflict', 'username: is taken')
    const { id, role } = record
    this.#audit.record({ type: 'user.created', at: now, userId: id, detail: { username, role } })
    return toUserInfo(record)
  }

  /** Whether there is no user at all. */
  async isEmpty(): Promise<boolean> {
    return (await this.#store.list({ limit: 1 })).length === 0
  }

  async find(id: string): Promise<UserInfo | undefined> {
    const record = await this.#store.find(id)
    return record && toUserInfo(record)
  }

  /** The user of a name, in any case. */
  async findByName(username: string): Promise<UserInfo | undefined> {
    const record = await this.#store.findByKey(foldName(username))
    return record && toUserInfo(record)
  }

  /**
   * Users in the order of their names, where wanted only those with `search` in the name, in any case.
   *
   * @throws SlidingSessionError `body_invalid` where the cursor is none of this list.
   */
  async list(page: {
    search?: string | undefined
    limit: number
    cursor?: string | undefined
  }): Promise<{ users: UserInfo[]; nextCursor: string | null }> {
    const { limit } = page
    const after = readCursor('user', page.cursor)
    const search = page.search === undefined ? undefined : foldName(page.search)
    const read = await this.#store.list({ search, after, limit: limit + 1 })
    const { entries, nextCursor } = pageOf(read, limit, 'user', ({ usernameKey }) => usernameKey)
    return { users: entries.map(toUserInfo), nextCursor }
  }

  /**
   * Changes a user as an administrator. A user who is disabled or gets a new password loses all sessions at
   * once; a new role counts from the next renewal on, and on strict routes at once.
   *
   * @throws SlidingSessionError `not_found`, `body_invalid`, and `conflict` where no enabled admin would be left.
   */
  async update(
    id: string,
    change: { role?: Role | undefined; disabled?: boolean | undefined; password?: string | undefined },
  ): Promise<UserInfo> {
    const { role, disabled, password } = change
    const at = this.#now()
    const outcome = await this.#store.update(
      id,
      withoutUndefined({ role, disabled, passwordHash: await this.#newHash(id, password) }),
      at,
    )
    if (outcome.kind === 'unknown') throw new SlidingSessionError('not_found')
    if (outcome.kind === 'last_admin') {
      throw new SlidingSessionError('conflict', 'This is the last enabled admin.')
    }
    this.#recordUpdate(outcome.before, outcome.after, at)
    if (disabled === true) await this.#sessions.revokeAll(id, { reason: 'user_disabled' })
    else if (password !== undefined) await this.#sessions.revokeAll(id, { reason: 'password_changed' })
    return toUserInfo(outcome.after)
  }

  async #newHash(id: string, password: string | undefined): Promise<string | undefined> {
    if (password === undefined) return undefined
    const record = await this.#store.find(id)
    return record && hashPassword(readPassword(password, record.username))
  }

  #recordUpdate(before: UserRecord, after: UserRecord, at: Timestamp): void {
    const fields = (['role', 'disabled'] as const).filter((field) => before[field] !== after[field])
    if (fields.length > 0) {
      const changes = fields.map((field) => [field, { from: before[field], to: after[field] }])
      const detail = { fields, ...Object.fromEntries(changes) }
      this.#audit.record({ type: 'user.updated', at, userId: after.id, detail })
    }
    if (before.passwordHash !== after.passwordHash) {
      this.#audit.record({ type: 'password.changed', at, userId: after.id })
    }
  }
}

/** A record as everybody who may know of the user sees it. */
export function toUserInfo({ id, username, role, disabled, createdAt, updatedAt }: UserRecord): UserInfo {
  return { id, username, role, disabled, createdAt: new Date(createdAt), updatedAt: new Date(updatedAt) }
}

function withoutUndefined(change: { [Key in keyof UserChange]: UserChange[Key] | undefined }): UserChange {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}
