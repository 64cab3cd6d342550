import type { Policy } from '../protocol/policy.ts'
import type { Presented, Timestamp } from '../protocol/types.ts'
import { Recent } from '../recent.ts'
import type { Keyring } from './keyring.ts'
import { readSigned, verifyToken } from './verify.ts'

/**
 * So many characters at the end of a signature tell tokens apart, nearly always; the whole token is compared
 * afterwards. A number made of them costs a fraction of hashing the token on each request.
 */
const KEY_LENGTH = 6

interface Known {
  readonly token: string
  readonly presented: Presented
}

/**
 * Verifies tokens, and remembers those that were right: what was signed once stays signed. Their expiry and
 * their session are judged on each request, elsewhere.
 */
export class Verifier {
  readonly #policy: Policy
  readonly #keyring: Keyring
  readonly #known: Recent<number, Known>

  /** Remembers at most so many tokens. */
  constructor(policy: Policy, keyring: Keyring, entries: number) {
    this.#policy = policy
    this.#keyring = keyring
    this.#known = new Recent(entries)
  }

  verify(token: string, now: Timestamp): Presented {
    const known = this.#known.get(keyOf(token))
    if (known?.token === token) return known.presented
    const presented = verifyToken(token, now, this.#policy, this.#keyring)
    if (presented.kind === 'verified') this.#remember(token, presented)
    return presented
  }

  /** Remembers a token that was signed here just now: its signature needs no proof. */
  trust(token: string): void {
    const verified = readSigned(token)
    if (verified !== undefined) this.#remember(token, { kind: 'verified', token: verified })
  }

  #remember(token: string, presented: Presented): void {
    this.#known.set(keyOf(token), { token, presented })
  }
}

function keyOf(token: string): number {
  const { length } = token
  let key = 0
  for (let place = Math.max(0, length - KEY_LENGTH); place < length; place += 1) {
    key = Math.imul(key, 79) + token.charCodeAt(place)
  }
  return key | 0
}
