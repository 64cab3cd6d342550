import { once } from 'node:events'
import { type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { CHROME } from './user-agents.ts'

export interface Answer {
  readonly status: number
  readonly message: string
  readonly headers: IncomingHttpHeaders
  /** Names and values as they came over the wire. */
  readonly rawHeaders: readonly string[]
  readonly body: string
}

/** A request by Node itself, which shows what supertest hides; it keeps the connection to itself. */
export async function ask(
  port: number,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: OutgoingHttpHeaders } = {},
): Promise<Answer> {
  const sent = request({
    port,
    path,
    method,
    agent: false,
    host: '127.0.0.1',
    headers: { 'User-Agent': CHROME, ...headers },
  }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return {
    status: response.statusCode ?? 0,
    message: response.statusMessage ?? '',
    headers: response.headers,
    rawHeaders: response.rawHeaders,
    body: await text(response),
  }
}

/** How often a header came over the wire. */
export function countOf({ rawHeaders }: Answer, name: string): number {
  return rawHeaders.filter((entry, index) => index % 2 === 0 && entry.toLowerCase() === name.toLowerCase())
    .length
}

/** Sends lines as they are, which no client would; answers with all that comes back until the server closes. */
export async function sendRaw(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.end([...lines, 'Connection: close', '', ''].join('\r\n'), 'latin1')
  return text(socket)
}
