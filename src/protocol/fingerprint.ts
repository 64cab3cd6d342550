import { sameNetwork } from './ip.ts'
import type { Client } from './types.ts'
import { compareVersions, parseUserAgent } from './user-agent.ts'

/**
 * Decides whether the client that presents an expired token may be the one that logged in.
 * Must answer at once (no promise); only `true` accepts.
 */
export type FingerprintFunction = (reference: Client, presented: Client) => boolean

/** A rule of one's own, part by part. */
export interface FingerprintRule {
  /** `exact`: the same address. `network`: the same IPv4 /24 or IPv6 /56. Default `ignore`. */
  readonly ip?: 'exact' | 'network' | 'ignore'
  /** `exact`: byte for byte. `family`: as in `balanced`. Default `family`. */
  readonly userAgent?: 'exact' | 'family' | 'ignore'
  /** `refuse` (default): 401, the session stays valid for its owner. `revoke`: the session ends. */
  readonly onMismatch?: 'refuse' | 'revoke'
}

/**
 * - `off`: nothing is compared.
 * - `balanced`: the same browser, operating system and device type; a version may rise, never fall; a user
 *   agent that is missing or says nothing must be identical. The address is recorded, not compared.
 * - `strict`: the user agent byte for byte, the address in the same network.
 * - a rule or a function of your own.
 */
export type FingerprintOption = 'off' | 'balanced' | 'strict' | FingerprintRule | FingerprintFunction

/** A fingerprint option made ready to be asked. */
export interface FingerprintPolicy {
  readonly name: 'off' | 'balanced' | 'strict' | 'custom' | 'function'
  readonly accepts: FingerprintFunction
  readonly onMismatch: 'refuse' | 'revoke'
  /** Whether addresses decide, so that a forged `X-Forwarded-For` would matter. */
  readonly comparesIp: boolean
}

const IP_RULES: Readonly<Record<NonNullable<FingerprintRule['ip']>, FingerprintFunction>> = {
  exact: (reference, presented) => reference.ip === presented.ip,
  network: (reference, presented) => sameNetwork(reference.ip, presented.ip),
  ignore: () => true,
}

const USER_AGENT_RULES: Readonly<Record<NonNullable<FingerprintRule['userAgent']>, FingerprintFunction>> = {
  exact: (reference, presented) => reference.userAgent === presented.userAgent,
  family: (reference, presented) => sameFamily(reference.userAgent, presented.userAgent),
  ignore: () => true,
}

const BALANCED = { ip: 'ignore', userAgent: 'family', onMismatch: 'refuse' } as const

const PRESETS: Readonly<Record<string, Required<FingerprintRule>>> = {
  off: { ip: 'ignore', userAgent: 'ignore', onMismatch: 'refuse' },
  balanced: BALANCED,
  strict: { ip: 'network', userAgent: 'exact', onMismatch: 'refuse' },
}

/** What a fingerprint option takes, for error messages. */
export const FINGERPRINT_FORM =
  "off, balanced, strict, a function, or {ip: 'exact' | 'network' | 'ignore', userAgent: 'exact' | 'family' | 'ignore', onMismatch: 'refuse' | 'revoke'}"

/** Makes an option ready; undefined where it has no such form. */
export function readFingerprint(option: unknown): FingerprintPolicy | undefined {
  if (typeof option === 'function') return fromFunction(option as FingerprintFunction)
  if (typeof option === 'string') {
    const preset = Object.hasOwn(PRESETS, option) ? PRESETS[option] : undefined
    return preset && fromRule(option as FingerprintPolicy['name'], preset)
  }
  return isRule(option) ? fromRule('custom', { ...BALANCED, ...option }) : undefined
}

function fromFunction(accepts: FingerprintFunction): FingerprintPolicy {
  return Object.freeze({ name: 'function', accepts, onMismatch: 'refuse', comparesIp: true })
}

function fromRule(name: FingerprintPolicy['name'], rule: Required<FingerprintRule>): FingerprintPolicy {
  const { ip, userAgent, onMismatch } = rule
  const acceptsIp = IP_RULES[ip]
  const acceptsUserAgent = USER_AGENT_RULES[userAgent]
  return Object.freeze({
    name,
    accepts: (reference: Client, presented: Client) =>
      acceptsIp(reference, presented) && acceptsUserAgent(reference, presented),
    onMismatch,
    comparesIp: ip !== 'ignore',
  })
}

const RULE_VALUES: ReadonlyMap<string, readonly unknown[]> = new Map([
  ['ip', ['exact', 'network', 'ignore']],
  ['userAgent', ['exact', 'family', 'ignore']],
  ['onMismatch', ['refuse', 'revoke']],
])

/** A plain object: what has another prototype, such as a promise, has no keys that would give it away. */
function isRule(option: unknown): option is FingerprintRule {
  if (typeof option !== 'object' || option === null) return false
  const prototype: unknown = Object.getPrototypeOf(option)
  if (prototype !== Object.prototype && prototype !== null) return false
  return Object.entries(option).every(([key, value]) => RULE_VALUES.get(key)?.includes(value) === true)
}

function sameFamily(reference: string, presented: string): boolean {
  if (reference === presented) return true
  const [a, b] = [parseUserAgent(reference), parseUserAgent(presented)]
  return (
    a.browser !== null &&
    a.browser === b.browser &&
    a.os === b.os &&
    a.type === b.type &&
    compareVersions(b.browserVersion, a.browserVersion) >= 0
  )
}
