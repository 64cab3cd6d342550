import fc, { type Arbitrary } from 'fast-check'
import { CLIENT } from '../support/records.ts'
import { body } from './bodies.ts'
import { query, target, visible } from './targets.ts'

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

/** Every route there is. `{id}` and `{jti}` stand for the sender's own. */
const ROUTES = [
  ['POST', '/login'],
  ['POST', '/logout'],
  ['GET', '/me'],
  ['PUT', '/me/password'],
  ['GET', '/me/sessions'],
  ['DELETE', '/me/sessions'],
  ['DELETE', '/me/sessions/{jti}'],
  ['GET', '/verify'],
  ['GET', '/admin/overview'],
  ['GET', '/admin/users'],
  ['POST', '/admin/users'],
  ['GET', '/admin/users/{id}'],
  ['PATCH', '/admin/users/{id}'],
  ['GET', '/admin/users/{id}/sessions'],
  ['DELETE', '/admin/users/{id}/sessions'],
  ['DELETE', '/admin/sessions/{jti}'],
  ['GET', '/admin/events'],
  ['GET', '/console/'],
] as const

interface Line {
  readonly method: string
  readonly target: string
}

const rightLine: Arbitrary<Line> = fc
  .tuple(fc.constantFrom(...ROUTES), fc.oneof({ weight: 2, arbitrary: fc.constant('') }, query))
  .map(([[method, path], rest]) => ({ method, target: `${path}${rest}` }))

const wrongLine: Arbitrary<Line> = fc.record({
  method: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('GET', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE') },
    { weight: 1, arbitrary: fc.constantFrom('HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'PURGE') },
  ),
  target,
})

const rest = fc.record({
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
  headers: fc.array(header, { maxLength: 4 }),
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

/** Requests that reach the app, most of them one of its routes, and mean harm in all that can be chosen of them. */
export const hostileRequest: Arbitrary<HostileRequest> = fc
  .tuple(fc.oneof({ weight: 3, arbitrary: rightLine }, { weight: 2, arbitrary: wrongLine }), rest)
  .map(([line, more]) => ({ ...line, ...more }))

/**
 * The bytes of a request. Where the head leaves it open, the client is the one that logged in, and the body is
 * JSON, so that it is read.
 */
export function bytesOf(request: HostileRequest, authorization: readonly string[]): Uint8Array {
  const { method, target: line, headers, body, framing } = request
  const given = headers.map(([name, of]) => `${name}: ${of}`)
  const isGiven = (wanted: RegExp) => headers.some(([name]) => wanted.test(name))
  const types = isGiven(/^content-type$/i) ? [] : ['Content-Type: application/json']
  const agents = isGiven(/^user-agent$/i) ? [] : [`User-Agent: ${CLIENT.userAgent}`]
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
    ...agents,
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
