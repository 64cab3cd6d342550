import { deflateSync, gzipSync } from 'node:zlib'
import fc, { type Arbitrary } from 'fast-check'

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

const text = fc.string({ unit: 'binary', maxLength: 40 })
const visible = fc.stringMatching(/^[!-~]{0,60}$/)
const awkward = fc.constantFrom(
  '',
  '.',
  '..',
  '%',
  '%zz',
  '%00',
  '%0d%0aX-Injected:%201',
  '%2e%2e%2f',
  '..%5c',
  '%c0%ae',
  '%ff',
  '%ed%a0%80',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  '-1',
  '0',
  '1e308',
  '9'.repeat(400),
  "' OR 1=1 --",
  '"; DROP TABLE users; --',
  '%25',
  '*',
  '😀',
  '\u202e',
  'A'.repeat(3_000),
  '[]',
  '{}',
  '$where',
  'current',
  'AQIDBAUGBwgJCgsMDQ4PEA',
  'eyJhbGciOiJub25lIn0.e30.',
  ';',
  '#',
  '?',
  '&',
  '=',
  '+',
  '\\',
)
const piece = fc.oneof({ weight: 2, arbitrary: awkward }, text, visible)
const encoded = fc.oneof(piece, piece.map(encodeSafely), piece.map(encodeSafely))

const parameter = fc.tuple(
  fc.oneof(
    fc.constantFrom(
      'search',
      'limit',
      'cursor',
      'user',
      'type',
      'except',
      'limit[]',
      'search[a][b]',
      '__proto__',
    ),
    encoded,
  ),
  encoded,
)
const query = fc
  .array(parameter, { maxLength: 4 })
  .map((pairs) =>
    pairs.length === 0 ? '' : `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`,
  )

const PLACES = [
  '/me',
  '/me/sessions',
  '/me/password',
  '/verify',
  '/login',
  '/logout',
  '/admin/users',
  '/admin/events',
  '/admin/overview',
  '/healthz',
  '/readyz',
  '/console/',
  '/console/assets/',
  '/.well-known/jwks.json',
  '/metrics',
]
const path = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...PLACES) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...PLACES), encoded)
      .map(([place, rest]) => `${place.replace(/\/$/, '')}/${rest}`),
  },
  { weight: 3, arbitrary: encoded.map((id) => `/admin/users/${id}/sessions`) },
  { weight: 1, arbitrary: encoded.map((rest) => `/${rest}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '*',
      '//',
      '/./me',
      '/../me',
      '//me',
      '/ME',
      '/me/',
      'http://x/me',
      '/me%2fsessions',
      '/%6de',
    ),
  },
)
// What cannot stand in a request line is another test's: here the request shall reach the app.
const target = fc
  .tuple(path, query)
  .map(([place, rest]) => `${place}${rest}`.replace(/[^!-~]/gu, encodeSafely))

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

const members = [
  'username',
  'password',
  'currentPassword',
  'newPassword',
  'role',
  'disabled',
  '__proto__',
  'constructor',
]
const member = fc.oneof(
  fc.constantFrom('admin', 'user', true, false, null, 0, -0, 1e308, 'short', '', [], {}),
  piece,
  fc.jsonValue({ maxDepth: 2 }),
)
const json = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .dictionary(fc.constantFrom(...members), member, { maxKeys: 4 })
      .map((body) => JSON.stringify(body)),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.tuple(fc.constantFrom(...members), member), { maxLength: 5 })
      .map(
        (pairs) =>
          `{${pairs.map(([name, of]) => `${JSON.stringify(name)}:${JSON.stringify(of)}`).join(',')}}`,
      ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }).map((body) => JSON.stringify(body)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '{',
      '[]',
      '"',
      'null',
      '{"a":1e999}',
      `${'['.repeat(7_000)}${']'.repeat(7_000)}`,
      `{"username":"${'a'.repeat(17_000)}"}`,
      '\ufeff{}',
      '{"username":"\\ud800","password":"\\udc00"}',
    ),
  },
)
const bytes: Arbitrary<Uint8Array> = fc.oneof(
  { weight: 6, arbitrary: json.map((body) => Buffer.from(body)) },
  { weight: 1, arbitrary: json.map((body) => Buffer.from(body, 'utf16le')) },
  { weight: 1, arbitrary: json.map((body) => gzipSync(body)) },
  { weight: 1, arbitrary: json.map((body) => deflateSync(body)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
)

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
  body: bytes,
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

function encodeSafely(part: string): string {
  return encodeURIComponent(part.toWellFormed())
}
