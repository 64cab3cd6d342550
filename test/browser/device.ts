import { PASSWORD } from './server.ts'

/** A device that is no browser of the test: it sends its token, and keeps whatever comes back in `X-JWT`. */
export class Device {
  token = ''
  readonly #url: string
  readonly #headers: Record<string, string>

  constructor(url: string, userAgent: string, ip?: string) {
    this.#url = url
    this.#headers = { 'user-agent': userAgent, ...(ip !== undefined && { 'x-forwarded-for': ip }) }
  }

  async logIn(username: string, password = PASSWORD): Promise<number> {
    this.token = ''
    const body = JSON.stringify({ username, password })
    return this.send('login', { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  }

  /** Sends a request; answers with its status. */
  async send(path: string, init: RequestInit = {}): Promise<number> {
    const response = await fetch(`${this.#url}/${path}`, {
      ...init,
      headers: {
        ...this.#headers,
        ...(init.headers as Record<string, string>),
        ...(this.token !== '' && { authorization: `Bearer ${this.token}` }),
      },
    })
    this.token = response.headers.get('x-jwt') ?? this.token
    await response.arrayBuffer()
    return response.status
  }
}
