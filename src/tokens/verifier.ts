import { LRUCache } from 'lru-cache'
import type { Policy } from '../protocol/policy.ts'
import type { Presented, Timestamp } from '../protocol/types.ts'
import type { Keyring } from './keyring.ts'
import { verifyToken } from './verify.ts'

/**
 * Verifies tokens, and remembers those that were right: what was signed once stays signed. Their expiry and
 * their session are judged on each request, elsewhere.
 */
export class Verifier {
  readonly #policy: Policy
  readonly #keyring: Keyring
  readonly #verified: LRUCache<string, Presented>

  /** Remembers at most so many tokens. */
  constructor(policy: Policy, keyring: Keyring, entries: number) {
    this.#policy = policy
    this.#keyring = keyring
    this.#verified = new LRUCache({ max: entries })
  }

  verify(token: string, now: Timestamp): Presented {
    const known = this.#verified.get(token)
    if (known !== undefined) return known
    const presented = verifyToken(token, now, this.#policy, this.#keyring)
    if (presented.kind === 'verified') this.#verified.set(token, presented)
    return presented
  }
}
