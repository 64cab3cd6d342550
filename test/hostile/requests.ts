import fc, { type Arbitrary } from 'fast-check'
import { body } from './bodies.ts'
import { target, visible } from './targets.ts'

/** Who sends a request: only the first four have a token that lets anybody in. */
export type Sender = 'user' | 'admin' | 'expired user' | 'expired admin' | 'nobody' | 'forger' | 'stammerer'

/** A request as its parts, from which its bytes are made when the token is known. */
export interface HostileRequest {
  readonly sender: Sender
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
  readonly framing: 'length' | 'chunks' | 'no length' | 'more than there is' | 'both'
  /** Which character of the token a forger changes. */
  readonly place: number
}

const value = fc.oneof(
  visible,
  fc.stringMatching(/^[ -~\t\u0080-\u00ff]{0,80}$/),
  fc.constantFrom(
    '',
    '*',
    '*/*',
    'null',
    '0',
    '-1',
    'bytes=0-0,-1',
    'identity;q=0',
    'gzip, deflate, br',
    'text/html;q=x',
    '"',
    ',',
    ';',
    'application/json',
    'application/json; charset=utf-16',
    'application/json; charset="',
    'multipart/form-data; boundary=',
    'application/x-www-form-urlencoded',
    'https://app.example',
    'http://[',
    '127.0.0.1',
    '::1',
    'for="[::1]"',
    '1, 2, 3',
    '%0d%0aX-Injected: 1',
    'a'.repeat(6_000),
  ),
)
const NAMES = [
  'Accept',
  'Accept-Encoding',
  'Accept-Language',
  'Cookie',
  'Content-Encoding',
  'Content-Type',
  'Expect',
  'Forwarded',
  'If-Modified-Since',
  'If-None-Match',
  'Origin',
  'Access-Control-Request-Method',
  'Access-Control-Request-Headers',
  'Proxy-Authorization',
  'Range',
  'Referer',
  'TE',
  'Trailer',
  'Upgrade',
  'User-Agent',
  'Via',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Http-Method-Override',
  'X-JWT',
  'X-Original-URL',
  'X-Request-Id',
  'X-User',
]
const header = fc
  .tuple(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...NAMES) },
      { weight: 1, arbitrary: fc.stringMatching(/^[a-zA-Z0-9!#$%&'*+.^_`|~-]{1,20}$/) },
    ),
    value,
  )
  .filter(([name]) => !/^(authorization|content-length|transfer-encoding|connection|host)$/i.test(name))

/** Requests that reach the app, and mean harm in all that can be chosen of them. */
export const hostileRequest: Arbitrary<HostileRequest> = fc.record({
  sender: fc.constantFrom<Sender>(
    'user',
    'admin',
    'admin',
    'expired user',
    'expired admin',
    'nobody',
    'forger',
    'stammerer',
  ),
  method: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('GET', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE') },
    { weight: 1, arbitrary: fc.constantFrom('HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'PURGE') },
  ),
  target,
  headers: fc.array(header, { maxLength: 5 }),
  body,
  framing: fc.oneof(
    { weight: 10, arbitrary: fc.constant('length' as const) },
    {
      weight: 3,
      arbitrary: fc.constantFrom<HostileRequest['framing']>(
        'chunks',
        'no length',
        'more than there is',
        'both',
      ),
    },
  ),
  place: fc.nat(10_000),
})

/** The bytes of a request. Where the head leaves the type of a body open, it is JSON, so that it is read. */
export function bytesOf(request: HostileRequest, authorization: readonly string[]): Uint8Array {
  const { method, target: line, headers, body, framing } = request
  const given = headers.map(([name, of]) => `${name}: ${of}`)
  const types = headers.some(([name]) => /^content-type$/i.test(name))
    ? []
    : ['Content-Type: application/json']
  const lengths = {
    length: [`Content-Length: ${body.length}`],
    chunks: ['Transfer-Encoding: chunked'],
    'no length': [],
    'more than there is': [`Content-Length: ${body.length + 7}`],
    both: [`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked'],
  }[framing]
  const head = [
    `${method} ${line} HTTP/1.1`,
    'Host: x',
    'Connection: close',
    ...authorization,
    ...given,
    ...types,
    ...lengths,
  ]
  const isChunked = framing === 'chunks' || framing === 'both'
  const sent = framing === 'no length' ? Buffer.alloc(0) : body
  return Buffer.concat([
    Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'),
    isChunked ? inChunks(sent) : sent,
  ])
}

function inChunks(body: Uint8Array): Uint8Array {
  const size = Buffer.from(`${body.length.toString(16)}\r\n`)
  return Buffer.concat([
    ...(body.length === 0 ? [] : [size, body, Buffer.from('\r\n')]),
    Buffer.from('0\r\n\r\n'),
  ])
}
