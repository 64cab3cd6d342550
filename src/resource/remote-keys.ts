import { SlidingSessionError } from '../protocol/errors.ts'
import type { Timestamp } from '../protocol/types.ts'
import type { VerifyingKey, VerifyingKeys } from '../tokens/keyring.ts'
import type { PublishedKeys } from './auth-server.ts'

/** Keys older than this are fetched anew in the background, while requests go on. */
const GOOD_FOR_MS = 300_000

/** Keys older than this are worth nothing: one of them may have been stolen and retired meanwhile. */
const STALE_AFTER_MS = 3_600_000

/** An unknown `kid` has the keys fetched, but strangers can make up as many as they like. */
const FETCH_EVERY_MS = 1_000

export interface RemoteKeysParts {
  readonly fetchKeys: () => Promise<PublishedKeys>
  /** Called when the keys are others than before: what was verified with them must be verified anew. */
  readonly onChange: () => void
}

/** The public keys of the auth server, as they were fetched last. */
export class RemoteKeys implements VerifyingKeys {
  readonly #parts: RemoteKeysParts
  #keys: VerifyingKeys | undefined
  #text = ''
  #fetchedAt = Number.NEGATIVE_INFINITY
  #triedAt = Number.NEGATIVE_INFINITY
  #fetching: Promise<void> | undefined

  constructor(parts: RemoteKeysParts) {
    this.#parts = parts
  }

  find(kid: string): VerifyingKey | undefined {
    return this.#keys?.find(kid)
  }

  /** Whether the keys can be used without waiting. Where they are not quite new, newer ones are on their way. */
  areReady(now: Timestamp): boolean {
    const age = now - this.#fetchedAt
    if (age >= GOOD_FOR_MS && age < STALE_AFTER_MS && now - this.#triedAt >= FETCH_EVERY_MS) {
      this.#fetch(now).catch(() => undefined)
    }
    return age < STALE_AFTER_MS
  }

  /**
   * Fetches the keys where there are none, or none that are new enough.
   *
   * @throws SlidingSessionError `unavailable`
   */
  async prepare(now: Timestamp): Promise<void> {
    if (!this.areReady(now)) await this.#fetch(now)
  }

  /**
   * Fetches the keys for the sake of an unknown one; answers whether it is known now.
   *
   * @throws SlidingSessionError `unavailable`
   */
  async learn(kid: string, now: Timestamp): Promise<boolean> {
    if (this.find(kid) !== undefined) return false
    if (this.#fetching === undefined && now - this.#triedAt < FETCH_EVERY_MS) {
      if (this.#fetchedAt === this.#triedAt) return false
      // The last attempt failed: the key may be right, and its client must not be logged out.
      throw new SlidingSessionError('unavailable', 'The keys of the auth server could not be fetched.')
    }
    await this.#fetch(now)
    return this.find(kid) !== undefined
  }

  #fetch(now: Timestamp): Promise<void> {
    this.#fetching ??= this.#load(now).finally(() => {
      this.#fetching = undefined
    })
    return this.#fetching
  }

  async #load(now: Timestamp): Promise<void> {
    this.#triedAt = now
    const { keys, text } = await this.#parts.fetchKeys()
    this.#fetchedAt = now
    if (text === this.#text) return
    this.#text = text
    this.#keys = keys
    this.#parts.onChange()
  }
}
