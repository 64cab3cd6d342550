import { type ActiveSince, activeSince } from '../protocol/decide.ts'
import type { Timestamp } from '../protocol/types.ts'
import type { SessionStore } from './store.ts'

/**
 * Everything that the stand-alone server keeps, in one database. Every method of the parts answers with a
 * promise that is settled only when the change is durable, and rejects with a `SlidingSessionError`
 * `unavailable` where the database fails. All conditions are part of the write itself, so that several
 * processes can use one database.
 */
export interface ServerDatabase {
  readonly sessions: SessionStore
  readonly users: UserStore
  readonly events: EventStore
  readonly loginLimits: LoginLimitStore
  /**
   * Counts sessions that are valid and were begun and renewed after the given times. It reads every record, in
   * small batches.
   */
  countActiveSessions(after: ActiveSince): Promise<number>
  /** Rejects where the database does not answer. */
  ping(): Promise<void>
  /** Closes the database; the parts cannot be used any more. */
  close(): Promise<void>
}

export { type ActiveSince, activeSince }

export const ROLES = ['user', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** A user as recorded. */
export interface UserRecord {
  readonly id: string
  /** As it was given, in NFC. */
  readonly username: string
  /** The name folded for comparison: two names that differ in case only are one. */
  readonly usernameKey: string
  /** argon2id in PHC form. */
  readonly passwordHash: string
  readonly role: Role
  readonly disabled: boolean
  readonly createdAt: Timestamp
  /** The last change of role, password or `disabled`. */
  readonly updatedAt: Timestamp
}

/** What can be changed of a user. */
export type UserChange = Partial<Pick<UserRecord, 'role' | 'disabled' | 'passwordHash'>>

/** What came of a change; `last_admin`: it would have left no enabled admin, and nothing was changed. */
export type UserUpdate =
  | { readonly kind: 'updated'; readonly before: UserRecord; readonly after: UserRecord }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'last_admin' }

export interface UserStore {
  /** Adds a user; answers whether it did: false where the name is taken. */
  create(user: UserRecord): Promise<boolean>
  find(id: string): Promise<UserRecord | undefined>
  findByKey(usernameKey: string): Promise<UserRecord | undefined>
  /** Users in the order of their folded names. */
  list(page: UserPage): Promise<UserRecord[]>
  /** Changes a user, unless that would leave no enabled admin. What is the same already is no change. */
  update(id: string, change: UserChange, at: Timestamp): Promise<UserUpdate>
  /**
   * Puts a password hash in the place of the expected one; answers whether it did: false where it had been
   * replaced meanwhile, or the user was disabled. Without `at` (the same password hashed anew) `updatedAt` stays.
   */
  replaceHash(
    id: string,
    hashes: { readonly from: string; readonly to: string },
    at?: Timestamp,
  ): Promise<boolean>
}

/** A stretch of the list of users. */
export interface UserPage {
  /** Only users whose folded name contains this. */
  readonly search?: string | undefined
  /** Only those after this folded name. */
  readonly after?: string | undefined
  readonly limit: number
}

/** One line of the audit trail: what happened, to whom, by whom. Never a token or a password. */
export interface EventRecord {
  /** Later events have greater ones. */
  readonly id: number
  readonly at: Timestamp
  readonly type: string
  /** Whom it happened to; null where no user is known. */
  readonly userId: string | null
  /** Who did it; null where nobody was logged in. */
  readonly actorId: string | null
  readonly jti: string | null
  readonly ip: string | null
  readonly detail: Readonly<Record<string, unknown>>
}

export interface EventStore {
  append(event: Omit<EventRecord, 'id'>): Promise<void>
  /** The latest first. */
  list(page: EventPage): Promise<EventRecord[]>
  /** Deletes, in small batches, what happened before a time; answers with the number. */
  prune(before: Timestamp): Promise<number>
}

/** A stretch of the audit trail. */
export interface EventPage {
  readonly userId?: string | undefined
  readonly type?: string | undefined
  /** Only events with smaller ids. */
  readonly before?: number | undefined
  readonly limit: number
}

/** How often something failed in the time window that the first failure opened. */
export interface Failures {
  readonly count: number
  /** When the window closes and the count begins anew, in milliseconds from now. */
  readonly resetsIn: number
}

/** Counts failures by key, on the clock of the machine. */
export interface LoginLimitStore {
  failures(key: string): Promise<Failures>
  /** Counts one more, and answers with all of them. `window` in milliseconds, for the first one. */
  addFailure(key: string, window: number): Promise<Failures>
  clear(key: string): Promise<void>
  /** Forgets what is over. */
  prune(): Promise<void>
}
