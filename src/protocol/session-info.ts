import { endOf } from './decide.ts'
import type { Policy } from './policy.ts'
import type { RevocationReason, SessionRecord, Timestamp } from './types.ts'
import { type Device, parseUserAgent } from './user-agent.ts'

/** A session as a person sees it in a device list. Dates become ISO 8601 in JSON. */
export interface SessionInfo {
  readonly jti: string
  readonly userId: string
  readonly device: Device & {
    /** Such as `Firefox 140 on Linux`; the user agent itself where it says nothing known. */
    readonly name: string
  }
  /** Address and user agent at login. */
  readonly ip: string
  readonly userAgent: string
  /** Address and user agent of the last renewal. */
  readonly lastIp: string
  readonly lastUserAgent: string
  readonly createdAt: Date
  /** The last renewal, or the login. */
  readonly updatedAt: Date
  /** When it ends, unless it is renewed before. */
  readonly endsAt: Date
  /** Whether it can still be used: neither revoked nor over a limit. */
  readonly valid: boolean
  readonly revokedAt: Date | null
  readonly revokedReason: RevocationReason | null
  /** How many times it was renewed. */
  readonly renewals: number
}

/** Turns a record into what a device list shows. */
export function toSessionInfo(record: SessionRecord, now: Timestamp, policy: Policy): SessionInfo {
  const endsAt = endOf(record, policy)
  return {
    jti: record.jti,
    userId: record.userId,
    device: describeDevice(record.lastUserAgent),
    ip: record.ip,
    userAgent: record.userAgent,
    lastIp: record.lastIp,
    lastUserAgent: record.lastUserAgent,
    createdAt: new Date(record.createdAt),
    updatedAt: new Date(record.updatedAt),
    endsAt: new Date(endsAt),
    valid: record.valid && now < endsAt,
    revokedAt: record.revokedAt === null ? null : new Date(record.revokedAt),
    revokedReason: record.revokedReason,
    renewals: record.issued,
  }
}

function describeDevice(userAgent: string): SessionInfo['device'] {
  const device = parseUserAgent(userAgent)
  const browser = [device.browser, device.browserVersion?.split('.')[0]].filter(Boolean).join(' ')
  const known = [browser, device.os].filter(Boolean).join(' on ')
  return { ...device, name: known || userAgent || 'unknown' }
}
