import type { SignedOutCode } from '../../src/client/index.ts'
import { type Client, type ClientOptions, createClient } from '../../src/client/index.ts'

/** A request that waits for its answer. */
export interface Waiting {
  readonly request: Request
  /** Answers it; `token` goes into `X-JWT`. */
  answer(status: number, extra?: { token?: string; code?: string; type?: string; body?: string }): void
}

/** A client whose requests are answered by hand, in whatever order the test wants. */
export function clientByHand(options: Partial<ClientOptions> = {}): {
  client: Client
  ends: (SignedOutCode | undefined)[]
  /** Starts a request and resolves when it is under way. */
  start(
    input?: string | Request,
    init?: RequestInit,
  ): Promise<Waiting & { readonly answered: Promise<Response> }>
  waiting: Waiting[]
} {
  const waiting: Waiting[] = []
  const ends: (SignedOutCode | undefined)[] = []
  const client = createClient({
    baseUrl: 'https://api.example.org/v1',
    onSignedOut: (code) => ends.push(code),
    fetch: (request) =>
      new Promise((resolve) => {
        waiting.push({ request, answer: (status, extra = {}) => resolve(responseOf(status, extra)) })
      }),
    ...options,
  })
  const start = async (input: string | Request = 'me', init?: RequestInit) => {
    const answered = client.fetch(input, init)
    return { ...(await nextOf(waiting)), answered }
  }
  return { client, ends, start, waiting }
}

/** The request that is sent next. */
export async function nextOf(waiting: Waiting[]): Promise<Waiting> {
  for (;;) {
    const next = waiting.shift()
    if (next !== undefined) return next
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function responseOf(
  status: number,
  { token, code, type, body }: Parameters<Waiting['answer']>[1] & object,
): Response {
  const headers = new Headers(token === undefined ? {} : { 'X-JWT': token })
  if (code !== undefined) headers.set('Content-Type', type ?? 'application/problem+json; charset=utf-8')
  const text = body ?? (code === undefined ? null : JSON.stringify({ status, code, title: 'Refused' }))
  return new Response(text, { status, headers })
}
