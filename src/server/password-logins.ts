import { SlidingSessionError, type Started } from '../index.ts'
import type { UserRecord } from '../stores/server-store.ts'
import { foldName, readPassword } from './credentials.ts'
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts'
import { toUserInfo, type UserInfo, type UsersParts } from './users.ts'

/** A login that succeeded. */
export interface LoggedIn {
  readonly user: UserInfo
  readonly started: Started
}

/** What users do with their own passwords: log in, and change them. */
export class PasswordLogins {
  readonly #parts: UsersParts

  constructor(parts: UsersParts) {
    this.#parts = parts
  }

  /**
   * Checks a name and a password and begins a session by `start`. Undefined where there is no such user, the
   * password is wrong or the user is disabled: nothing tells which, not even the time it takes.
   */
  async logIn(
    username: string,
    password: string,
    start: (userId: string) => Promise<Started>,
  ): Promise<LoggedIn | undefined> {
    const record = await this.#parts.users.findByKey(foldName(username))
    const isRight = await verifyPassword(record?.passwordHash, password)
    if (record === undefined || !isRight || record.disabled) return undefined
    const started = await startOrRefuse(() => start(record.id))
    if (started === undefined) return undefined
    const { jti } = started.session
    try {
      if (!(await this.#isStillRight(record, password))) {
        await this.#parts.sessions.revoke(jti, { reason: 'password_changed' })
        return undefined
      }
      await this.#hashAnew(record, password)
    } catch (error) {
      // Nobody gets to know of the session.
      await this.#parts.sessions.revoke(jti).catch(() => undefined)
      throw error
    }
    this.#parts.audit.record({
      type: 'login.succeeded',
      userId: record.id,
      actorId: record.id,
      jti,
      detail: { userAgent: started.session.userAgent },
    })
    return { user: toUserInfo(record), started }
  }

  /**
   * Changes a user's own password; every session but `except` ends. Answers whether it did: false where the
   * current password is wrong. Sessions end before the change, so that none is left where the database fails behind
   * it; and after it, as the old password may have begun one in between.
   *
   * @throws SlidingSessionError `body_invalid` where the new password cannot be taken.
   */
  async changeOwnPassword(
    id: string,
    passwords: { currentPassword: string; newPassword: string; except?: string | undefined },
  ): Promise<boolean> {
    const record = await this.#parts.users.find(id)
    const newPassword = readPassword(passwords.newPassword, record?.username ?? '', 'newPassword')
    const isRight = await verifyPassword(record?.passwordHash, passwords.currentPassword)
    if (record === undefined || !isRight) return false
    const at = this.#parts.now()
    const hashes = { from: record.passwordHash, to: await hashPassword(newPassword) }
    const others = { reason: 'password_changed', except: passwords.except } as const
    await this.#parts.sessions.revokeAll(id, others)
    if (!(await this.#parts.users.replaceHash(id, hashes, at))) return false
    this.#parts.audit.record({ type: 'password.changed', at, userId: id })
    await this.#parts.sessions.revokeAll(id, others)
    return true
  }

  /** Asked after the session began: a password change or a disabling in between did not see that session. */
  async #isStillRight(then: UserRecord, password: string): Promise<boolean> {
    const now = await this.#parts.users.find(then.id)
    if (now === undefined || now.disabled) return false
    return now.passwordHash === then.passwordHash || verifyPassword(now.passwordHash, password)
  }

  /** Gives a user who has just shown the password a hash of today's strength. */
  async #hashAnew({ id, passwordHash }: UserRecord, password: string): Promise<void> {
    if (!isOutdated(passwordHash)) return
    await this.#parts.users.replaceHash(id, { from: passwordHash, to: await hashPassword(password) })
  }
}

/** A user who was disabled while the password was checked is refused like any other. */
async function startOrRefuse(start: () => Promise<Started>): Promise<Started | undefined> {
  try {
    return await start()
  } catch (error) {
    if (error instanceof SlidingSessionError && error.code === 'user_disabled') return undefined
    throw error
  }
}
