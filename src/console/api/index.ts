import { call } from './client.ts'
import type { Account, EventsPage, OverviewReport, Role, Session, User, UsersPage } from './types.ts'

/** What a list is asked for; what is undefined or empty is left out. */
type Query = Readonly<Record<string, string | undefined>>

interface UserChange {
  readonly role?: Role
  readonly disabled?: boolean
  readonly password?: string
}

/** Every request of the console, by what it is for. */
export const api = {
  me: (signal?: AbortSignal) => call<Account>('me', { signal }),

  changePassword: (currentPassword: string, newPassword: string) =>
    call<void>('me/password', { method: 'PUT', body: { currentPassword, newPassword } }),

  devices: (signal?: AbortSignal) => call<{ sessions: Session[] }>('me/sessions', { signal }),

  endDevice: (jti: string) => call<void>(`me/sessions/${jti}`, { method: 'DELETE' }),

  endOtherDevices: () => call<{ revoked: number }>('me/sessions?except=current', { method: 'DELETE' }),

  overview: (signal?: AbortSignal) => call<OverviewReport>('admin/overview', { signal }),

  users: (query: Query, signal?: AbortSignal) => call<UsersPage>(`admin/users${toText(query)}`, { signal }),

  user: (id: string, signal?: AbortSignal) => call<{ user: User }>(`admin/users/${inPath(id)}`, { signal }),

  createUser: (user: { username: string; password: string; role: Role }) =>
    call<{ user: User }>('admin/users', { method: 'POST', body: user }),

  updateUser: (id: string, change: UserChange) =>
    call<{ user: User }>(`admin/users/${inPath(id)}`, { method: 'PATCH', body: change }),

  devicesOf: (id: string, signal?: AbortSignal) =>
    call<{ sessions: Session[] }>(`admin/users/${inPath(id)}/sessions`, { signal }),

  endAllDevicesOf: (id: string) =>
    call<{ revoked: number }>(`admin/users/${inPath(id)}/sessions`, { method: 'DELETE' }),

  endDeviceOfAnybody: (jti: string) => call<void>(`admin/sessions/${jti}`, { method: 'DELETE' }),

  events: (query: Query, signal?: AbortSignal) =>
    call<EventsPage>(`admin/events${toText(query)}`, { signal }),
}

const inPath = encodeURIComponent

function toText(query: Query): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}
