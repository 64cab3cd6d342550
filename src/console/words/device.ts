import type { Session } from '../api/types.ts'

type Device = Pick<Session, 'device' | 'userAgent'>

/** As their makers write them. */
const NAMES: Readonly<Record<string, string>> = {
  'Mac OS': 'macOS',
  'Mobile Safari': 'Safari',
  'Mobile Chrome': 'Chrome',
  'Mobile Firefox': 'Firefox',
}

/** Browser and version, such as `Firefox 145`; else what the program calls itself. */
export function browserOf({ device, userAgent }: Device): string {
  const version = device.browserVersion?.split('.')[0]
  const known = [device.browser && named(device.browser), version].filter(Boolean).join(' ')
  return known || userAgent.slice(0, 60) || 'Unknown program'
}

/** Such as `macOS`. */
export function systemOf({ device }: Device): string {
  return device.os === null ? 'System unknown' : named(device.os)
}

/** Both, such as `Firefox 145 on Linux`. */
export function deviceName(session: Device): string {
  return session.device.os === null ? browserOf(session) : `${browserOf(session)} on ${systemOf(session)}`
}

function named(name: string): string {
  return NAMES[name] ?? name
}
