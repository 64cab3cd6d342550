import { inMemory, type TokenStorage } from './in-memory.ts'
import { newest } from './newest.ts'

/** The server's word on why a session is over; each is explained on the page of error codes. */
export type SignedOutCode =
  | 'token_malformed'
  | 'token_invalid'
  | 'token_reused'
  | 'session_unknown'
  | 'session_revoked'
  | 'session_expired'
  | 'session_idle'
  | 'user_disabled'
  | 'fingerprint_mismatch'

/** What `createClient` takes. */
export interface ClientOptions {
  /**
   * Where the server is, such as `https://api.example.org` or `https://example.org/api`; in a page it may be
   * relative. Relative URLs are resolved against it as by `new URL`, as if it ended in `/`, and the token
   * goes to this origin and below this path only.
   */
  readonly baseUrl: string | URL
  /** Where the token is kept. Default: in memory. */
  readonly storage?: TokenStorage | undefined
  /**
   * Called once when the session has ended, with the server's code, after the token was dropped; without a
   * code where another tab logged out. Not called by `logout` itself.
   */
  readonly onSignedOut?: ((code?: SignedOutCode) => void) | undefined
  /** What sends requests. Default: the global `fetch`. */
  readonly fetch?: ((request: Request, init?: RequestInit) => Promise<Response>) | undefined
}

/** What the client needs of a request that is about to be sent; every `Request` has it. */
export interface Outgoing {
  readonly url: string
  readonly redirect?: string
  readonly headers: { get(name: string): string | null; set(name: string, value: string): void }
}

/** What the client needs of an answer; every `Response` has it. */
export interface Answer {
  /** Where the answer came from in the end, after redirects; empty: from where it was asked. */
  readonly url: string
  readonly status: number
  readonly headers: { get(name: string): string | null }
  clone(): { json(): Promise<unknown> }
}

/** Sends the token, keeps the latest `X-JWT`, and tells when the session is over. All of it can be destructured. */
export interface Client {
  /**
   * The platform's `fetch`, with the token where it belongs. An `Authorization` header of the caller's own
   * is left alone. Where `baseUrl` has a path, a request that carries the token rejects at a redirect, as with
   * `redirect: 'error'`: nobody could tell before whether it leads out of that path.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
  /**
   * Sends `credentials` as JSON and takes the `X-JWT` of the answer, whatever token was kept before. Resolves
   * to the answer: `ok`, or a problem document such as `credentials_invalid`. `path` is relative to `baseUrl`.
   */
  login(credentials: object, path?: string): Promise<Response>
  /**
   * Drops the token at once, then tells the server. Resolves to its answer, rejects as `fetch` does; the token
   * is gone in any case, while the session lives on where the server was not reached.
   */
  logout(path?: string): Promise<Response>
  /** The token, if there is one. */
  token(): string | undefined
  /** Whether the token may be sent to a URL: the same origin as `baseUrl`, and at or below its path. */
  covers(url: string | URL): boolean
  /** For adapters, before a request: gives it the token where it belongs; resolves to what to add when it is sent. */
  authorize(request: Outgoing): Promise<RequestInit>
  /**
   * For adapters, after each answer: keeps a newer token, and notices the end of the session. The token of an
   * answer to a login is taken whatever was kept before.
   */
  receive(answer: Answer, request: Outgoing, isLogin?: boolean): Promise<void>
}

const ENDED =
  /^(token_(malformed|invalid|reused)|session_(unknown|revoked|expired|idle)|user_disabled|fingerprint_mismatch)$/

/** Makes a client for one server and one user; needs nothing but what browsers and Node have. */
export function createClient({
  baseUrl,
  storage = inMemory(),
  onSignedOut,
  fetch: send,
}: ClientOptions): Client {
  const { location } = globalThis as { location?: { href: string } }
  const { origin, pathname } = new URL(baseUrl, location?.href)
  const root = (origin + pathname).replace(/\/*$/, '/')
  let held: string | undefined

  /** The token as all tabs know it; where another tab has written an older one too late, that is put right. */
  const token = (): string | undefined => {
    const before = held
    const stored = storage.get() || undefined
    held = stored && newest(stored, before ?? stored)
    if (held !== stored) storage.set(held)
    if (before && !held) onSignedOut?.()
    return held
  }

  const keep = (next?: string): void => {
    held = next
    storage.set(next)
  }

  const covers = (url: string | URL): boolean => {
    const { origin, pathname } = new URL(url, root)
    return `${origin}${pathname}/`.startsWith(root)
  }

  const authorize = async ({ url, redirect, headers }: Outgoing): Promise<RequestInit> => {
    await storage.ready
    const current = token()
    // A header with an older token of this session was set here, before somebody tried the request again.
    const isMine = current && covers(url) && newest(headers.get('authorization'), current) === current
    if (!isMine) return {}
    headers.set('authorization', `Bearer ${current}`)
    return pathname[1] && redirect === 'follow' ? { redirect: 'error' } : {}
  }

  const receive = async (answer: Answer, { url, headers }: Outgoing, isLogin?: boolean): Promise<void> => {
    if (!covers(answer.url || url)) return
    const sent = headers.get('authorization')
    const incoming = answer.headers.get('x-jwt')
    const current = token()
    // Without a current token, what answers a request that carried one belongs to a session that is over.
    if (incoming && (isLogin || (newest(current, incoming) === incoming && (current || !sent))))
      keep(incoming)
    const code = await codeOf(answer)
    // However many requests fail, the first one drops the token, and only the current token's end is one.
    if (ENDED.test(code) && sent === `Bearer ${token()}`) {
      keep()
      onSignedOut?.(code as SignedOutCode)
    }
  }

  const request = async (
    input: string | URL | Request,
    init?: RequestInit,
    isLogin?: boolean,
    isLogout?: boolean,
  ): Promise<Response> => {
    const asked = new Request(input instanceof Request ? input : new URL(input, root), init)
    const more = await authorize(asked)
    if (isLogout) keep()
    const answer = await (send ?? fetch)(asked, more)
    await receive(answer, asked, isLogin)
    return answer
  }

  storage.subscribe?.(token)
  return {
    fetch: request,
    login: (credentials, path = 'login') =>
      request(
        path,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(credentials),
        },
        true,
      ),
    logout: (path = 'logout') => request(path, { method: 'POST' }, false, true),
    token,
    covers,
    authorize,
    receive,
  }
}

/** The code of a 401's problem document, read from a copy, so that the caller can read the answer too. */
async function codeOf(answer: Answer): Promise<string> {
  try {
    if (answer.status === 401 && answer.headers.get('content-type')?.includes('application/problem+json')) {
      return ((await answer.clone().json()) as { code: string }).code
    }
  } catch {
    // Cut off, or no JSON: it says nothing.
  }
  return ''
}
