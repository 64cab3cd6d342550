import { DURATION_FORM, type Duration, parseDuration } from './duration.ts'
import { ConfigurationError } from './errors.ts'
import {
  FINGERPRINT_FORM,
  type FingerprintOption,
  type FingerprintPolicy,
  readFingerprint,
} from './fingerprint.ts'
import { show } from './options.ts'

/** The rules that a host can choose. Durations are `15m`, `7d`, `1500ms`, or a number of seconds. */
export interface PolicyOptions {
  /**
   * How long a token is fresh (RFC 7519 section 4.1.4, `exp`). A shorter one meets the fingerprint and the
   * theft detection more often and renews more often. Default `15m`.
   */
  readonly tokenTtl?: Duration
  /** How long after its last renewal (or the login) a session can still be renewed. Default `7d`. */
  readonly idleTimeout?: Duration
  /** How long after the login a session ends whatever happens. Default `30d`. */
  readonly maxAge?: Duration
  /**
   * How long after a renewal the token that caused it still gets answers, so that parallel requests pass. It is
   * never extended. Longer than any request takes, and not longer than `tokenTtl`: the next renewal ends it,
   * and who comes later is taken for a thief. With `0`, each of several parallel requests gets a token of its
   * own, and all but one of them are abandoned. Default `60s`.
   */
  readonly grace?: Duration
  /**
   * A fresh token with less than this left is renewed already. Shorter than `tokenTtl`.
   * Default `0`: only expired tokens are renewed.
   */
  readonly renewBefore?: Duration
  /** How far the clocks of several machines may differ: a token counts as fresh for that much longer. Default `0`. */
  readonly leeway?: Duration
  /** What an expired token's client is compared with: see `FingerprintOption`. Default `balanced`. */
  readonly fingerprint?: FingerprintOption
  /** Beyond it, a user's oldest session is revoked at login; at most 999. Default `0`: no limit. */
  readonly maxSessionsPerUser?: number
  /** `iss` of every token, and the realm of challenges. Default `sliding-jwt`. */
  readonly issuer?: string
  /** `aud` of every token. Default `sliding-jwt`. */
  readonly audience?: string
  /**
   * What happens while the database does not answer. `refuse` (default): 503 for everybody. `pass-fresh`:
   * fresh tokens pass unchecked, revoked ones among them; strict routes and expired tokens get 503.
   */
  readonly onStoreFailure?: 'refuse' | 'pass-fresh'
  /**
   * How many sessions, and as many verified tokens, are kept in memory; more in use at a time cost a query and
   * a verification each. Default `10000`.
   */
  readonly cacheSize?: number
  /**
   * Whether this is the only process that ever writes to the database. Then nobody looks for revocations by
   * other processes, the command line's among them. Default `false`: they count on the very next request, on
   * PostgreSQL as soon as their notification arrives.
   */
  readonly singleProcess?: boolean
}

/** The rules, validated, with every default filled in. Durations in milliseconds. */
export interface Policy {
  readonly tokenTtl: number
  readonly idleTimeout: number
  readonly maxAge: number
  readonly grace: number
  readonly renewBefore: number
  readonly leeway: number
  readonly fingerprint: FingerprintPolicy
  readonly maxSessionsPerUser: number
  readonly issuer: string
  readonly audience: string
  readonly onStoreFailure: 'refuse' | 'pass-fresh'
  readonly cacheSize: number
  readonly singleProcess: boolean
}

/** A device list has at most 1,000 sessions, and the one beyond the limit must be on it. */
const MOST_SESSIONS = 999

/** Reads one option; undefined where the value does not have the form that `takes` describes. */
interface Reader<T> {
  readonly default: unknown
  readonly takes: string
  readonly read: (value: unknown) => T | undefined
}

const READERS: { readonly [Name in keyof Policy]: Reader<Policy[Name]> } = {
  tokenTtl: positiveDuration('15m'),
  idleTimeout: positiveDuration('7d'),
  maxAge: positiveDuration('30d'),
  grace: duration('60s'),
  renewBefore: duration('0'),
  leeway: duration('0'),
  fingerprint: { default: 'balanced', takes: FINGERPRINT_FORM, read: readFingerprint },
  maxSessionsPerUser: {
    default: 0,
    takes: `a whole number from 0 (no limit) to ${MOST_SESSIONS}`,
    read: (value) => readCount(value, 0, MOST_SESSIONS),
  },
  issuer: name('sliding-jwt'),
  audience: name('sliding-jwt'),
  onStoreFailure: {
    default: 'refuse',
    takes: 'refuse or pass-fresh',
    read: (value) => (value === 'refuse' || value === 'pass-fresh' ? value : undefined),
  },
  cacheSize: {
    default: 10_000,
    takes: 'a whole number from 1 to 10000000',
    read: (value) => readCount(value, 1, 10_000_000),
  },
  singleProcess: {
    default: false,
    takes: 'true or false',
    read: (value) => (typeof value === 'boolean' ? value : undefined),
  },
}

/** The names of all policy options. */
export const POLICY_OPTIONS = Object.keys(READERS) as readonly (keyof Policy)[]

/**
 * Validates options, fills in the defaults and freezes the result. An option that is absent or undefined
 * takes its default; names that are no policy options are not looked at (see `refuseUnknown`).
 *
 * @throws ConfigurationError naming the first option that cannot be used.
 */
export function readPolicy(options: PolicyOptions): Policy {
  const policy = Object.fromEntries(
    POLICY_OPTIONS.map((option) => [option, readOption(option, options[option])]),
  ) as unknown as Policy
  if (policy.renewBefore >= policy.tokenTtl) {
    throw new ConfigurationError(
      'renewBefore',
      show(options.renewBefore),
      `${DURATION_FORM}, shorter than tokenTtl`,
    )
  }
  return Object.freeze(policy)
}

function readOption(option: keyof Policy, value: unknown): unknown {
  const { default: byDefault, takes, read } = READERS[option]
  const result = read(value === undefined ? byDefault : value)
  if (result === undefined) throw new ConfigurationError(option, show(value), takes)
  return result
}

function duration(byDefault: Duration): Reader<number> {
  return { default: byDefault, takes: DURATION_FORM, read: parseDuration }
}

function positiveDuration(byDefault: Duration): Reader<number> {
  return {
    default: byDefault,
    takes: `${DURATION_FORM}, above 0`,
    read: (value) => parseDuration(value) || undefined,
  }
}

function name(byDefault: string): Reader<string> {
  return {
    default: byDefault,
    takes: '1 to 200 printable ASCII characters without quotes or backslash',
    read: (value) => (typeof value === 'string' && /^[ !#-[\]-~]{1,200}$/.test(value) ? value : undefined),
  }
}

function readCount(value: unknown, least: number, most: number): number | undefined {
  const isCount = Number.isInteger(value) && (value as number) >= least && (value as number) <= most
  return isCount ? (value as number) : undefined
}
