import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { handleClientError } from '../../src/server/client-error.ts'

/** Sends bytes to a server that answers slowly, and gives what came back until the connection ended. */
async function send(...parts: string[]): Promise<string> {
  const server = createServer({ maxHeaderSize: 2_048 }, (req, res) => {
    res.write('begun')
    req.on('data', () => undefined).on('end', () => res.end('done'))
  })
  server.on('clientError', handleClientError)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  let received = ''
  socket.setEncoding('utf8').on('error', () => undefined)
  const ended = new Promise<string>((resolve) => socket.on('close', () => resolve(received)))
  const waiting = [...parts]
  socket.on('data', (text: string) => {
    received += text
    const next = waiting.shift()
    if (next !== undefined) socket.write(next)
  })
  socket.write(waiting.shift() ?? '')
  return ended
}

function parse(answer: string) {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  const [line, ...headers] = head.split('\r\n')
  return { line, headers, body: JSON.parse(body), length: Buffer.byteLength(body) }
}

describe('what Node cannot parse', () => {
  it.each([
    ['nonsense', 'nonsense\r\n\r\n', 'HTTP/1.1 400 Bad Request', 'body_invalid'],
    [
      'a bad header',
      'GET / HTTP/1.1\r\nHost: x\r\nA B: c\r\n\r\n',
      'HTTP/1.1 400 Bad Request',
      'body_invalid',
    ],
    [
      'headers too large',
      `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(4_096)}\r\n\r\n`,
      'HTTP/1.1 413 Payload Too Large',
      'payload_too_large',
    ],
    [
      'a token too large',
      `GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${'x'.repeat(4_096)}`,
      'HTTP/1.1 413 Payload Too Large',
      'payload_too_large',
    ],
  ])('is answered with a problem document: %s', async (_what, bytes, line, code) => {
    const answer = parse(await send(bytes))
    expect(answer.line).toBe(line)
    expect(answer.body).toMatchObject({
      code,
      type: `/docs/errors#${code}`,
      status: Number(line.split(' ')[1]),
    })
    expect(answer.headers).toContain('Content-Type: application/problem+json; charset=utf-8')
    expect(answer.headers).toContain('Connection: close')
    expect(answer.headers).toContain(`Content-Length: ${answer.length}`)
  })

  it('does not mix with an answer that has begun', async () => {
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n'
    const answer = await send(head, 'no chunk\r\n')
    expect(answer).toContain('begun')
    expect(answer).not.toContain('problem+json')
  })
})
