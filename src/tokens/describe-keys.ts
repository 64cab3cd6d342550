import type { Timestamp } from '../protocol/types.ts'
import { keyringOfJwks, type SigningJwks } from './jwks.ts'
import type { Algorithm, Key } from './keyring.ts'

/** What can be told of a key without telling it. */
export interface KeyDescription {
  readonly kid: string
  readonly alg: Algorithm
  /** `signing`: new tokens are its own; `waiting`: its start time has not come; `verifying`: a newer one signs. */
  readonly state: 'signing' | 'waiting' | 'verifying'
  /** When it began, or will begin, to sign; null where it has no start time. */
  readonly signsFrom: Timestamp | null
  /** When a newer key took over, or will, at the latest; null where no newer one has a start time. */
  readonly signsUntil: Timestamp | null
}

/**
 * Describes the keys of a JWK Set, the oldest first, with what each is good for at a time.
 *
 * @throws ConfigurationError where it is no JWK Set of keys that sign.
 */
export function describeKeys(jwks: SigningJwks, now: Timestamp): KeyDescription[] {
  const keyring = keyringOfJwks(jwks)
  const signing = keyring.signingAt(now)
  return keyring.keys.map((key, place, keys) => ({
    kid: key.kid,
    alg: key.alg,
    state: stateOf(key, signing, now),
    signsFrom: finite(key.startsAt),
    signsUntil: finite(
      Math.min(...keys.slice(place + 1).map(({ startsAt }) => finite(startsAt) ?? Infinity)),
    ),
  }))
}

function stateOf(key: Key, signing: Key, now: Timestamp): KeyDescription['state'] {
  if (key === signing) return 'signing'
  return key.startsAt > now ? 'waiting' : 'verifying'
}

function finite(time: Timestamp): Timestamp | null {
  return Number.isFinite(time) ? time : null
}
