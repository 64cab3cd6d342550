import type { Timestamp } from '../protocol/types.ts'
import type { SharedKeys } from './shared-keys.ts'
import { isSigned, type Message, readParameters } from './signature.ts'

/** How far the time of a request may be from ours: clocks differ, and requests take a while. */
const WINDOW_S = 30

/** Requests of one server that are remembered within the window: some 3,300 a second; a busy one sends far fewer. */
const REMEMBERED = 100_000

/** A request that claims to come from a server that shares a key with us. */
export interface SignedRequest extends Message {
  readonly headers: Readonly<Record<string, unknown>>
}

/** Whose request it is, or why it is nobody's. */
export type Checked =
  | { readonly kind: 'right'; readonly audience: string }
  | { readonly kind: 'refused'; readonly reason: 'signature' | 'stale' | 'replayed' | 'flood' }

/** Tells which server sent a request, and takes each request once, in this process. */
export class Channel {
  readonly #keys: SharedKeys
  readonly #remembered: number
  readonly #nonces = new Map<string, Map<string, number>>()

  constructor(keys: SharedKeys, remembered = REMEMBERED) {
    this.#keys = keys
    this.#remembered = remembered
  }

  /** Judges a request: its signature first, so that strangers leave no trace. */
  check({ headers, ...message }: SignedRequest, now: Timestamp): Checked {
    const parameters = readParameters(headers['signature-input'])
    const keys = parameters && this.#keys.get(parameters.audience)
    if (parameters === undefined || keys === undefined) return { kind: 'refused', reason: 'signature' }
    if (!isSigned(message, parameters, headers['signature'], keys)) {
      return { kind: 'refused', reason: 'signature' }
    }
    const { audience, created, nonce } = parameters
    if (Math.abs(now / 1000 - created) > WINDOW_S) return { kind: 'refused', reason: 'stale' }
    const reason = this.#remember(audience, nonce, created, now)
    return reason === undefined ? { kind: 'right', audience } : { kind: 'refused', reason }
  }

  /** A server can fill up its own memory only. */
  #remember(
    audience: string,
    nonce: string,
    created: number,
    now: Timestamp,
  ): 'replayed' | 'flood' | undefined {
    const nonces = this.#nonces.get(audience) ?? new Map<string, number>()
    this.#nonces.set(audience, nonces)
    forgetStale(nonces, now / 1000 - WINDOW_S)
    if (nonces.has(nonce)) return 'replayed'
    if (nonces.size >= this.#remembered) return 'flood'
    nonces.set(nonce, created)
    return undefined
  }
}

/** What is refused as stale anyway need not be remembered; the oldest come first, but for clocks that differ. */
function forgetStale(nonces: Map<string, number>, oldest: number): void {
  for (const [nonce, created] of nonces) {
    if (created >= oldest) return
    nonces.delete(nonce)
  }
}
