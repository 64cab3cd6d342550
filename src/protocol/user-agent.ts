import { LRUCache } from 'lru-cache'
import { UAParser } from 'ua-parser-js'

/** Longer user agents are cut before they are parsed or stored. */
export const USER_AGENT_LENGTH = 512

/** What a user agent says of itself; null where it does not say. */
export interface Device {
  readonly browser: string | null
  readonly browserVersion: string | null
  readonly os: string | null
  /** `mobile`, `tablet`, …; a user agent that names none is a `desktop` where it names a browser. */
  readonly type: string | null
}

/** A few thousand different user agents cover a large audience; about 1 kB each. */
const parsed = new LRUCache<string, Device>({ max: 4_096 })

/** Parses a user agent; the result is remembered, as parsing costs far more than looking it up. */
export function parseUserAgent(userAgent: string): Device {
  let device = parsed.get(userAgent)
  if (device === undefined) {
    device = parse(userAgent)
    parsed.set(userAgent, device)
  }
  return device
}

function parse(userAgent: string): Device {
  const { browser, os, device } = new UAParser(userAgent).getResult()
  return Object.freeze({
    browser: browser.name ?? null,
    browserVersion: browser.version ?? null,
    os: os.name ?? null,
    type: device.type ?? (browser.name === undefined ? null : 'desktop'),
  })
}

/** Compares dotted versions number by number: negative where `one` is the older, 0 where they are equal. */
export function compareVersions(one: string | null, other: string | null): number {
  const [a, b] = [versionNumbers(one), versionNumbers(other)]
  for (let place = 0; place < Math.max(a.length, b.length); place += 1) {
    const difference = (a[place] ?? 0) - (b[place] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function versionNumbers(version: string | null): number[] {
  return version?.split('.').map((part) => Number.parseInt(part, 10) || 0) ?? []
}
