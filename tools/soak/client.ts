import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'

/** What came back of one request. */
export interface Answer {
  readonly status: number
  /** The code of a problem; empty where there is none. */
  readonly code: string
  /** The token that came with it. */
  readonly token: string | undefined
  readonly body: string
}

/** A client that keeps its connections, as browsers and proxies do. */
export class Client {
  readonly #url: string
  readonly #agent = new Agent({ keepAlive: true })

  constructor(url: string) {
    this.#url = url
  }

  /** @throws Error where the connection breaks. */
  ask(method: string, path: string, token?: string, body?: unknown): Promise<Answer> {
    const json = body === undefined ? '' : JSON.stringify(body)
    const headers = {
      'User-Agent': 'curl/8.14.1',
      'Content-Length': Buffer.byteLength(json),
      ...(json !== '' && { 'Content-Type': 'application/json' }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    }
    return new Promise((resolve, reject) => {
      request(`${this.#url}${path}`, { method, headers, agent: this.#agent }, (response) => {
        const { statusCode: status = 0, headers: received } = response
        const renewed = received['x-jwt']
        text(response).then(
          (body) => resolve({ status, body, code: codeOf(status, body), token: renewed?.toString() }),
          reject,
        )
      })
        .on('error', reject)
        .end(json)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

function codeOf(status: number, body: string): string {
  return status < 400 || body === '' ? '' : String((JSON.parse(body) as { code?: string }).code)
}
