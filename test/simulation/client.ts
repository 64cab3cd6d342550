import { type Client, createClient } from '../../src/client/client.ts'
import { inMemory, type TokenStorage } from '../../src/client/in-memory.ts'
import type { Answer } from './designs/design.ts'
import type { Settling } from './settling.ts'
import { readToken, type Token } from './token.ts'

/**
 * Which answer's token a client keeps. `latest`: what `sliding-jwt/client` keeps, a late answer with an older
 * generation never overwrites a newer one. `overwrite`: the documented mistake, whatever comes last is kept.
 */
export type KeepingRule = 'latest' | 'overwrite'

/** Hands a request with this token to the network. */
export type Post = (token: Token | undefined, on: Outcome) => void

/** What becomes of a request: one of both, once. */
interface Outcome {
  readonly onAnswer: (answer: Answer) => void
  readonly onLost: () => void
}

/** A request that the client was asked for. */
interface Call {
  readonly post: Post
  /** Called when the client has handed it to the network. */
  readonly departed: () => void
  /** Settled when the client is through with what came of it. */
  done: Promise<void>
  answer: Answer | undefined
}

const BASE = 'http://server/'

/** The one token that an honest client holds, in a storage that is shared by all tabs that use it. */
export class Wallet {
  /** The last token of a session that ended: sent along with the next login, so that it is surely ended. */
  former: Token | undefined
  readonly #rule: KeepingRule
  readonly #settling: Settling
  readonly #storage = this.#remembering()
  readonly #calls = new Map<string, Call>()
  #client: Client
  #asked = 0
  #read: Token | undefined

  constructor(rule: KeepingRule, settling: Settling) {
    this.#rule = rule
    this.#settling = settling
    this.#client = this.#makeClient()
  }

  get token(): Token | undefined {
    const text = this.#client.token()
    if (text === undefined) return undefined
    if (this.#read?.text !== text) this.#read = readToken(text)
    return this.#read
  }

  /** What another tab holds. */
  takeOver(token: Token): void {
    this.#storage.set(token.text)
  }

  /** The user has logged out elsewhere: the storage is cleared. */
  clear(session: string): void {
    if (this.token?.session === session) this.#storage.set(undefined)
    this.#client.token()
  }

  /** Sends a request; then tells what the server said, once the client has seen it: undefined where nothing came. */
  request(post: Post, then: (answer: Answer | undefined) => void): void {
    this.#send(post, then, (url) => this.#client.fetch(url))
  }

  /** Logs in, with the former token or without it. */
  logIn(withFormer: boolean, post: Post, then: (answer: Answer | undefined) => void): void {
    // As on a page that was still open: the client sends what it holds.
    const page = this.#makeClient(withFormer ? this.former : undefined)
    const storeToken = (answer: Answer | undefined) => {
      if (answer?.kind === 'pass') {
        this.#storage.set(page.token())
        this.former = undefined
      }
      then(answer)
    }
    this.#send(post, storeToken, (url) => page.login({}, url))
  }

  #send(
    post: Post,
    then: (answer: Answer | undefined) => void,
    ask: (url: string) => Promise<Response>,
  ): void {
    const departed = Promise.withResolvers<void>()
    const url = `${BASE}${this.#asked++}`
    const call: Call = { post, departed: departed.resolve, done: departed.promise, answer: undefined }
    this.#calls.set(url, call)
    this.#settling.add(departed.promise)
    const through = () => {
      this.#calls.delete(url)
      const { answer } = call
      if (this.#rule === 'overwrite' && answer?.kind === 'pass' && answer.token) this.#overwrite(answer.token)
      then(answer)
    }
    // Nothing is read of a request that failed: nothing came of it.
    call.done = ask(url).then(through, through)
  }

  #makeClient(token?: Token): Client {
    const isLasting = token === undefined
    const storage = isLasting ? this.#storage : inMemory()
    if (token !== undefined) storage.set(token.text)
    const fetch = (request: Request) => this.#fetch(request)
    return createClient({ baseUrl: BASE, storage, fetch })
  }

  /** A storage that notes what was in it when it is cleared. */
  #remembering(): TokenStorage {
    const { get, set } = inMemory()
    return {
      get,
      set: (next) => {
        const last = get()
        if (!next && last) this.former = readToken(last)
        set(next)
      },
    }
  }

  /** The storage takes any token; the client, which would put that right, has forgotten what it held. */
  #overwrite(token: Token): void {
    if (this.token?.session !== token.session) return
    this.#storage.set(token.text)
    this.#client = this.#makeClient()
  }

  #fetch(request: Request): Promise<Response> {
    const call = this.#calls.get(request.url) as Call
    const sent = request.headers.get('authorization')?.slice('Bearer '.length)
    return new Promise((resolve, reject) => {
      call.departed()
      call.post(sent === undefined ? undefined : readToken(sent), {
        onAnswer: (answer) => {
          this.#settling.add(call.done)
          call.answer = answer
          resolve(responseOf(answer))
        },
        onLost: () => {
          this.#settling.add(call.done)
          reject(new TypeError('fetch failed'))
        },
      })
    })
  }
}

function responseOf(answer: Answer): Response {
  if (answer.kind === 'unavailable') return new Response(null, { status: 503 })
  if (answer.kind === 'pass') {
    return new Response(null, answer.token && { headers: { 'X-JWT': answer.token.text } })
  }
  // Of the designs that ours is compared with, one says what ours has another word for.
  const code = answer.code === 'token_expired' ? 'session_expired' : answer.code
  const headers = { 'Content-Type': 'application/problem+json' }
  return new Response(JSON.stringify({ code }), { status: 401, headers })
}
