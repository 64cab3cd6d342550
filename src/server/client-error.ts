import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ErrorCode, problemOf } from '../index.ts'

/**
 * Answers what Node's HTTP parser refuses, for `server.on('clientError', …)`: headers that are too large with
 * 413, all else with 400; then the connection ends.
 */
export function handleClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
    socket.destroy()
    return
  }
  socket.end(rawProblem(error.code === 'HPE_HEADER_OVERFLOW' ? 'payload_too_large' : 'body_invalid'))
}

/** A response that has begun on the connection must not be mixed up with another one. */
function isAnswering(socket: Duplex & { _httpMessage?: ServerResponse | null }): boolean {
  return socket._httpMessage?.headersSent === true
}

function rawProblem(code: ErrorCode): string {
  const problem = problemOf(code)
  const body = JSON.stringify(problem)
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Connection: close',
    'Cache-Control: no-store',
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')
}
