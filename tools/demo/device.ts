/** A browser on somebody's desk: it sends its token, and keeps whatever comes back in `X-JWT`. That is all. */
export class Device {
  token = ''
  readonly #url: string
  readonly #userAgent: string

  constructor(url: string, userAgent: string) {
    this.#url = url
    this.#userAgent = userAgent
  }

  async login(username: string, password: string): Promise<Reply> {
    return this.send('POST', '/login', { username, password })
  }

  /** One request; `X-JWT` takes the place of the token. */
  async send(method: string, path: string, body?: unknown): Promise<Reply> {
    const headers: Record<string, string> = { 'User-Agent': this.#userAgent }
    if (this.token !== '') headers['Authorization'] = `Bearer ${this.token}`
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const renewed = response.headers.get('X-JWT')
    if (renewed !== null) this.token = renewed
    const text = await response.text()
    const json: unknown = text === '' ? {} : JSON.parse(text)
    return { status: response.status, isRenewed: renewed !== null, body: json as Reply['body'] }
  }

  /** A thief's copy: the same token in another place, or in the same kind of browser. */
  copy(userAgent: string): Device {
    const copy = new Device(this.#url, userAgent)
    copy.token = this.token
    return copy
  }
}

/** What came back. */
export interface Reply {
  readonly status: number
  readonly isRenewed: boolean
  readonly body: {
    readonly code?: string
    readonly revoked?: number
    readonly user?: { readonly id: string; readonly username: string }
    readonly users?: readonly { readonly id: string; readonly username: string }[]
  }
}
