import { LRUCache } from 'lru-cache'
import type { Policy } from '../protocol/policy.ts'
import type { Presented, Timestamp } from '../protocol/types.ts'
import type { VerifyingKeys } from './keyring.ts'
import { readSigned, verifyToken } from './verify.ts'

/** A signature's end tells tokens apart, and costs a fraction of hashing the whole token on each request. */
const KEY_LENGTH = 32

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
  readonly #known: LRUCache<string, Known>

  /** Remembers at most so many tokens. */
  constructor(policy: Policy, keys: VerifyingKeys, entries: number) {
    this.#policy = policy
    this.#keys = keys
    this.#known = new LRUCache({ max: entries })
  }

  verify(token: string, now: Timestamp): Presented {
    const known = this.#known.get(token.slice(-KEY_LENGTH))
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
    this.#known.set(token.slice(-KEY_LENGTH), { token, presented })
  }
}
