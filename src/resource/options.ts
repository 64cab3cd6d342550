import type { KeyObject } from 'node:crypto'
import { readKeys } from '../channel/shared-keys.ts'
import type { Duration } from '../protocol/duration.ts'
import { ConfigurationError } from '../protocol/errors.ts'
import { readDuration, readFunction, refuseUnknown, show } from '../protocol/options.ts'
import { type Policy, readPolicy } from '../protocol/policy.ts'

/** What `resourceServer` takes. */
export interface ResourceOptions {
  /**
   * The address of the auth server, below which `/.well-known/jwks.json` and `/renew` are. By `https:`, or over a
   * network of your own: its answers are believed.
   */
  readonly authServer: string
  /** The name of this server in `aud` of the tokens, under which the auth server knows `key`. */
  readonly audience: string
  /** The key that is shared with the auth server, at least 32 bytes. It signs requests, and no token. */
  readonly key: string
  /** `iss` of the tokens, and the realm of challenges: `issuer` of the auth server. Default `sliding-jwt`. */
  readonly issuer?: string
  /** How far the clocks may differ: a token counts as fresh for that much longer. Default `0`. */
  readonly leeway?: Duration
  /**
   * On strict routes, how old the auth server's word on a fresh token may be. Default `0`: it is asked each time,
   * and a revocation counts on the very next request.
   */
  readonly strictMaxAge?: Duration
  /** How many verified tokens are kept in memory. Default `10000`. */
  readonly cacheSize?: number
  /** Told why the auth server could not be asked; the client gets 503 `unavailable`. Default: nobody is. */
  readonly onError?: (error: Error) => void
  /** The clock, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/** The same, validated. */
export interface ResourceSettings {
  readonly authServer: URL
  readonly key: KeyObject
  readonly strictMaxAge: number
  readonly onError: (error: Error) => void
  readonly now: () => number
  readonly policy: Policy
}

const OPTIONS: readonly (keyof ResourceOptions)[] = [
  'authServer',
  'audience',
  'key',
  'issuer',
  'leeway',
  'strictMaxAge',
  'cacheSize',
  'onError',
  'now',
]

/**
 * Validates the options and fills in the defaults.
 *
 * @throws ConfigurationError naming the first one that cannot be used.
 */
export function readOptions(options: ResourceOptions): ResourceSettings {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError('options', show(options), 'an object')
  }
  refuseUnknown(options, OPTIONS)
  const { authServer, audience, key, issuer, leeway, cacheSize, strictMaxAge = 0 } = options
  if (audience === undefined) throw new ConfigurationError('audience', 'nothing', 'the name of this server')
  return Object.freeze({
    authServer: readUrl(authServer),
    key: readKey(key),
    strictMaxAge: readDuration('strictMaxAge', strictMaxAge),
    onError: readFunction('onError', options.onError, () => undefined),
    now: readFunction('now', options.now, Date.now),
    // Only what concerns a token by itself: all else is judged by the auth server.
    policy: readPolicy({
      audience,
      ...(issuer !== undefined && { issuer }),
      ...(leeway !== undefined && { leeway }),
      ...(cacheSize !== undefined && { cacheSize }),
    }),
  })
}

/** As a folder, so that what is below it can be found by a relative path. */
function readUrl(value: unknown): URL {
  const text = typeof value === 'string' ? value.replace(/\/*$/, '/') : ''
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return new URL(text)
  throw new ConfigurationError('authServer', show(value), 'an address such as https://auth.example.org')
}

function readKey(value: unknown): KeyObject {
  const [key] = typeof value === 'string' ? readKeys('key', value) : []
  if (key !== undefined) return key
  throw new ConfigurationError('key', value === undefined ? 'nothing' : 'no text', 'at least 32 bytes')
}
