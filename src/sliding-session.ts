import {
  readSharedKeys,
  refuseSigning,
  type SharedKeyOption,
  type SharedKeys,
} from './channel/shared-keys.ts'
import { face, type SlidingSession } from './express/face.ts'
import { ConfigurationError } from './protocol/errors.ts'
import { readFunction, refuseUnknown, show } from './protocol/options.ts'
import { POLICY_OPTIONS, type Policy, type PolicyOptions, readPolicy } from './protocol/policy.ts'
import { type LoadClaims, Sessions } from './sessions.ts'
import { type DatabaseOption, openSessionStore } from './stores/open.ts'
import { keyringOfJwks, type SigningJwks } from './tokens/jwks.ts'
import { type Keyring, keyringOfSecrets, type SecretOption } from './tokens/keyring.ts'

/** What `slidingSession` takes: where the keys, the sessions and the users are, and the rules. */
export interface SlidingSessionOptions extends PolicyOptions {
  /**
   * The secret that signs tokens (HS256, RFC 7518 section 3.2): at least 32 random bytes. A list rotates:
   * the first signs, all verify. Needed, unless `keys` is given.
   */
  readonly secret?: SecretOption | undefined
  /**
   * In place of `secret`: keys for HS256, ES256 or RS256 as a JWK Set (RFC 7517), made by `generateKey`. The last
   * one whose start time (`starts`) has come signs, all verify. `useKeys` exchanges them without a restart.
   */
  readonly keys?: SigningJwks | undefined
  /**
   * Resource servers that take the tokens, too: for each audience a shared key of at least 32 bytes, or two while
   * it is being exchanged. Their audiences stand in `aud` beside `audience`, and `renew()` answers them.
   * Default: none.
   */
  readonly resources?: Readonly<Record<string, SharedKeyOption>> | undefined
  /** Where sessions are kept: see `DatabaseOption`. */
  readonly database: DatabaseOption
  /**
   * Your word on a user, read at login, at every renewal and on strict routes: the claims that the token
   * carries, or null where the user is gone or disabled. Default: no claims, every user is there.
   */
  readonly loadClaims?: LoadClaims
  /** The clock, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

const OPTIONS = [...POLICY_OPTIONS, 'secret', 'keys', 'resources', 'database', 'loadClaims', 'now'] as const

/**
 * Opens sessions for an Express app. Validates every option first; a misspelt one is an error that names
 * the nearest right one.
 *
 * @throws ConfigurationError
 */
export async function slidingSession(options: SlidingSessionOptions): Promise<SlidingSession> {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError('options', show(options), 'an object')
  }
  refuseUnknown(options, OPTIONS)
  const policy = readPolicy(options)
  const keyring = readKeyring(options)
  const sharedKeys = readResources(options, policy, keyring)
  const loadClaims = readFunction('loadClaims', options.loadClaims, () => ({}))
  const now = readFunction('now', options.now, Date.now)
  const store = await openSessionStore(options.database, policy)
  const audiences = [...sharedKeys.keys()]
  return face(new Sessions({ store, keyring, policy, loadClaims, now, audiences }), sharedKeys, now)
}

function readKeyring({ secret, keys }: SlidingSessionOptions): Keyring {
  if (secret !== undefined && keys !== undefined) {
    throw new ConfigurationError('secret', 'a secret and keys', 'only one of secret and keys')
  }
  return keys === undefined ? keyringOfSecrets(secret) : keyringOfJwks(keys)
}

/** Who holds a shared key must neither be able to sign tokens nor pass for this server itself. */
function readResources(
  { resources = {} }: SlidingSessionOptions,
  policy: Policy,
  keyring: Keyring,
): SharedKeys {
  const sharedKeys = readSharedKeys('resources', resources)
  if (sharedKeys.has(policy.audience)) {
    throw new ConfigurationError(
      'resources',
      'the audience of this server itself',
      'audiences of other servers',
    )
  }
  refuseSigning(sharedKeys, keyring.keys)
  return sharedKeys
}
