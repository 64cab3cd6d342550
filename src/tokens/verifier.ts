import type { Policy } from '../protocol/policy.ts'
import type { Presented, Timestamp } from '../protocol/types.ts'
import { Recent } from '../recent.ts'
import type { VerifyingKeys } from './keyring.ts'
import { readSigned, verifyToken } from './verify.ts'

/**
 * So many characters at the end of a signature tell tokens apart, nearly always; the whole token is compared
 * afterwards. A number made of them costs a fraction of hashing the token on each request.
 */
const SLOT_LENGTH = 6

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
  readonly #keys: VerifyingKeys
  readonly #known: Recent<number, Known>

  /** Remembers at most so many tokens. */
  constructor(policy: Policy, keys: VerifyingKeys, entries: number) {
    this.#policy = policy
    this.#keys = keys
    this.#known = new Recent(entries)
  }

  verify(token: string, now: Timestamp): Presented {
    const known = this.#known.get(slotOf(token))
    if (known?.token === token) return known.presented
    const presented = verifyToken(token, now, this.#policy, this.#keys)
    if (presented.kind === 'verified') this.#remember(token, presented)
    return presented
  }

  /** Remembers a token that was signed here just now: its signature needs no proof. */
  trust(token: string): void {
    const verified = readSigned(token)
    if (verified !== undefined) this.#remember(token, { kind: 'verified', token: verified })
  }

  /** Forgets every token: what was signed by a key that is gone must be verified, and refused, anew. */
  forget(): void {
    this.#known.clear()
  }

  #remember(token: string, presented: Presented): void {
    this.#known.set(slotOf(token), { token, presented })
  }
}

function slotOf(token: string): number {
  const { length } = token
  let slot = 0
  for (let place = Math.max(0, length - SLOT_LENGTH); place < length; place += 1) {
    slot = Math.imul(slot, 79) + token.charCodeAt(place)
  }
  return slot | 0
}
