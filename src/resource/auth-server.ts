import type { KeyObject } from 'node:crypto'
import { signMessage } from '../channel/signature.ts'
import { ERRORS, type RefusalCode, SlidingSessionError } from '../protocol/errors.ts'
import type { Claims, Client } from '../protocol/types.ts'
import type { VerifyingKeys } from '../tokens/keyring.ts'
import { readPublicJwks } from '../tokens/public-jwks.ts'
import type { ResourceSettings } from './options.ts'

/** How long the auth server may take. */
const PATIENCE_MS = 5_000

const NO_KEYS = 'The auth server publishes no key for ES256 or RS256: does it sign with a secret?'

/** The keys of a JWK Set, and its text, by which a change is seen. */
export interface PublishedKeys {
  readonly keys: VerifyingKeys
  readonly text: string
}

/** What is asked about a token. */
export interface Question {
  readonly token: string
  readonly client: Client
  /** Whether the database and the host must be asked, although the token is fresh. */
  readonly strict: boolean
}

/** The auth server's word; `token` is present where the session was renewed. */
export type Answer =
  | { readonly kind: 'pass'; readonly claims: Claims; readonly token?: string }
  | { readonly kind: 'refuse'; readonly code: RefusalCode }

/** The auth server, as it is seen from a resource server. Whatever fails there is `unavailable` here. */
export class AuthServer {
  readonly #renew: URL
  readonly #jwks: URL
  readonly #audience: string
  readonly #key: KeyObject
  readonly #now: () => number
  readonly #onError: (error: Error) => void

  constructor({ authServer, key, now, onError, policy }: ResourceSettings) {
    this.#renew = new URL('renew', authServer)
    this.#jwks = new URL('.well-known/jwks.json', authServer)
    this.#audience = policy.audience
    this.#key = key
    this.#now = now
    this.#onError = onError
  }

  /**
   * The published keys.
   *
   * @throws SlidingSessionError `unavailable`, also where there are none: nobody is logged out for that.
   */
  async fetchKeys(): Promise<PublishedKeys> {
    const jwks = await this.#fetch(this.#jwks, {})
    const keys = readPublicJwks(jwks)
    if (keys === undefined) return this.#fail(new Error(NO_KEYS))
    return { keys, text: JSON.stringify(jwks) }
  }

  /**
   * Asks about a token, on behalf of a client.
   *
   * @throws SlidingSessionError `unavailable`
   */
  async ask(question: Question): Promise<Answer> {
    const body = JSON.stringify(question)
    const message = { method: 'POST', path: this.#renew.pathname, body }
    const signature = signMessage(message, this.#audience, this.#key, this.#now())
    const answer = await this.#fetch(this.#renew, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...signature },
    })
    return isAnswer(answer)
      ? answer
      : this.#fail(new Error('The auth server gave an answer of another form.'))
  }

  async #fetch(url: URL, init: RequestInit): Promise<unknown> {
    try {
      const response = await fetch(url, {
        ...init,
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
      if (response.status === 200) return await response.json()
      return this.#fail(new Error(`The auth server answered ${response.status}: ${await detailOf(response)}`))
    } catch (error) {
      return this.#fail(error instanceof Error ? error : new Error('The auth server cannot be reached.'))
    }
  }

  #fail(cause: Error): never {
    if (cause instanceof SlidingSessionError) throw cause
    this.#onError(cause)
    throw new SlidingSessionError('unavailable', 'The auth server did not answer.', { cause })
  }
}

async function detailOf(response: Response): Promise<string> {
  return (await response.text()).slice(0, 300)
}

function isAnswer(answer: unknown): answer is Answer {
  const { kind, claims, token, code } = (answer ?? {}) as Record<string, unknown>
  if (kind === 'refuse') return typeof code === 'string' && isRefusal(code)
  const isToken = token === undefined || typeof token === 'string'
  return kind === 'pass' && typeof claims === 'object' && claims !== null && isToken
}

function isRefusal(code: string): code is RefusalCode {
  return Object.hasOwn(ERRORS, code) && ERRORS[code as RefusalCode].status === 401
}
