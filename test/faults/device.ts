/** What came back, or that nothing did. */
export type Reply = Answer | { readonly kind: 'lost' }

export interface Answer {
  readonly kind: 'answer'
  readonly status: number
  readonly renewed: boolean
  /** The code of a problem. */
  readonly code?: string
  /** The JSON of all else; undefined where there was none. */
  readonly body?: unknown
}

/** A client on a line that may break: it keeps the latest `X-JWT` it received, and nothing else. */
export class Device {
  readonly name: string
  token: string | undefined

  constructor(name: string, token?: string) {
    this.name = name
    this.token = token
  }

  login(url: string, username: string, password: string): Promise<Reply> {
    this.token = undefined
    return this.send(url, 'POST', '/login', { username, password })
  }

  async send(url: string, method: string, path: string, body?: unknown): Promise<Reply> {
    const headers: Record<string, string> = { 'User-Agent': 'curl/8.14.1', Connection: 'close' }
    if (this.token !== undefined) headers['Authorization'] = `Bearer ${this.token}`
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    try {
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
      const response = await fetch(`${url}${path}`, init)
      const text = await response.text()
      const renewed = response.headers.get('X-JWT')
      if (renewed !== null && generationOf(renewed) >= generationOf(this.token)) this.token = renewed
      return answerOf(response.status, renewed !== null, text)
    } catch {
      return { kind: 'lost' }
    }
  }
}

function answerOf(status: number, renewed: boolean, text: string): Answer {
  if (text === '') return { kind: 'answer', status, renewed }
  const body = JSON.parse(text) as { code?: string }
  return { kind: 'answer', status, renewed, body, ...(body.code && { code: body.code }) }
}

/** The generation that a token says it is; -1 where there is none. */
export function generationOf(token: string | undefined): number {
  return token === undefined ? -1 : payloadOf(token).gen
}

/** What a token says of itself. */
export function payloadOf(token: string): { readonly jti: string; readonly gen: number } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

/** An answer in a few words. */
export function describe(reply: Reply): string {
  return reply.kind === 'lost' ? 'no answer' : `${reply.status}${reply.code ? ` ${reply.code}` : ''}`
}
