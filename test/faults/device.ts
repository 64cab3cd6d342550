/** What came back, or that nothing did. */
export type Reply =
  | { readonly kind: 'answer'; readonly status: number; readonly code?: string; readonly renewed: boolean }
  | { readonly kind: 'lost' }

/** A client on a line that may break: it keeps the latest `X-JWT` it received, and nothing else. */
export class Device {
  readonly name: string
  token: string | undefined

  constructor(name: string) {
    this.name = name
  }

  login(url: string, username: string, password: string): Promise<Reply> {
    this.token = undefined
    return this.send(url, 'POST', '/login', { username, password })
  }

  async send(url: string, method: string, path: string, body?: unknown): Promise<Reply> {
    const sent = this.token
    const headers: Record<string, string> = { 'User-Agent': 'curl/8.14.1', Connection: 'close' }
    if (sent !== undefined) headers['Authorization'] = `Bearer ${sent}`
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    try {
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
      const response = await fetch(`${url}${path}`, init)
      const text = await response.text()
      const renewed = response.headers.get('X-JWT')
      if (renewed !== null && generationOf(renewed) >= generationOf(this.token)) this.token = renewed
      const code = text === '' ? undefined : (JSON.parse(text) as { code?: string }).code
      return { kind: 'answer', status: response.status, renewed: renewed !== null, ...(code && { code }) }
    } catch {
      return { kind: 'lost' }
    }
  }
}

/** The generation that a token says it is; -1 where there is none. */
export function generationOf(token: string | undefined): number {
  if (token === undefined) return -1
  return payloadOf(token).gen
}

/** What a token says of itself. */
export function payloadOf(token: string): { readonly jti: string; readonly gen: number } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}
