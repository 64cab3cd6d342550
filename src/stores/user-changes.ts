import type { UserRecord } from './server-store.ts'

/** Whether this user can administer. */
export function isAdmin({ role, disabled }: UserRecord): boolean {
  return role === 'admin' && !disabled
}

/** Whether two states of a user differ in nothing that can be changed. */
export function isSame(one: UserRecord, other: UserRecord): boolean {
  return one.role === other.role && one.disabled === other.disabled && one.passwordHash === other.passwordHash
}
