/** What the server's answers hold, as JSON: times are ISO 8601. */

export type Role = 'user' | 'admin'

export interface User {
  readonly id: string
  readonly username: string
  readonly role: Role
  readonly disabled: boolean
  readonly createdAt: string
  readonly updatedAt: string
}

export interface Session {
  readonly jti: string
  readonly userId: string
  readonly current: boolean
  readonly device: {
    readonly name: string
    readonly browser: string | null
    readonly browserVersion: string | null
    readonly os: string | null
    readonly type: string | null
  }
  readonly ip: string
  readonly userAgent: string
  readonly lastIp: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly endsAt: string
  readonly valid: boolean
  readonly revokedAt: string | null
  readonly revokedReason: string | null
  readonly renewals: number
}

/** Who is signed in. */
export interface Account {
  readonly user: User
  readonly session: Session
}

export interface AuditEvent {
  readonly id: number
  readonly at: string
  readonly type: string
  readonly userId: string | null
  readonly actorId: string | null
  readonly jti: string | null
  readonly ip: string | null
  readonly detail: Readonly<Record<string, unknown>>
}

export interface UsersPage {
  readonly users: readonly User[]
  readonly nextCursor: string | null
}

export interface EventsPage {
  readonly events: readonly AuditEvent[]
  /** Names by user id. */
  readonly users: Readonly<Record<string, string>>
  readonly nextCursor: string | null
}

export interface OverviewReport {
  readonly since: string
  /** When the first of the minutes began that each list has an entry for. */
  readonly from: string
  readonly active: { readonly count: number; readonly at: string } | null
  readonly activeSessions: readonly (number | null)[]
  readonly logins: readonly number[]
  readonly renewals: readonly number[]
  readonly refusals: readonly number[]
  readonly thefts: readonly number[]
  readonly refusalsByCode: Readonly<Record<string, number>>
}
