import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/server/app.ts'
import { handleClientError } from '../../src/server/client-error.ts'
import { createLogger } from '../../src/server/logging.ts'
import { openServices, type Services } from '../../src/server/services.ts'
import { openServerDatabase } from '../../src/stores/open.ts'
import type { ServerDatabase } from '../../src/stores/server-store.ts'
import { forge, SECRET } from '../support/forge.ts'
import { HOUR, T0 } from '../support/records.ts'

let server: Server
let services: Services
let database: ServerDatabase
const rejections: unknown[] = []
const onRejection = (error: unknown) => rejections.push(error)

beforeAll(async () => {
  process.on('unhandledRejection', onRejection)
  database = await openServerDatabase(':memory:')
  const logger = createLogger('silent')
  services = await openServices({ database, options: { secret: SECRET }, logger, now: () => T0 + HOUR })
  const parts = { database, logger, corsOrigins: [], trustProxy: false, realm: 'x', isStopping: () => false }
  server = createServer(createApp({ ...parts, ...services })).on('clientError', handleClientError)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterAll(async () => {
  process.off('unhandledRejection', onRejection)
  server.closeAllConnections()
  server.close()
  await services.close()
  await database.close()
})

/** Sends bytes as they are, and reads until the server has nothing more to say. */
function raw(bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1')
    })
    socket.on('error', () => resolve(answer))
    socket.on('close', () => resolve(answer))
    socket.end(bytes)
  })
}

function request(line: string, headers: readonly string[] = [], body = ''): string {
  return [line, 'Host: x', 'Connection: close', ...headers, '', body].join('\r\n')
}

function post(body: string | Uint8Array, headers: readonly string[] = []): Uint8Array {
  const bytes = Buffer.from(body)
  const head = ['Content-Type: application/json', `Content-Length: ${bytes.length}`, ...headers]
  return Buffer.concat([Buffer.from(request('POST /login HTTP/1.1', head)), bytes])
}

async function isAlive(): Promise<void> {
  expect(await raw(request('GET /healthz HTTP/1.1'))).toMatch(/^HTTP\/1\.1 200 /)
  expect(rejections).toEqual([])
}

describe('requests that are none', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['an unknown method', request('GETT /me HTTP/1.1')],
    ['an unknown version', request('GET /me HTTP/9.9')],
    ['no host', 'GET /me HTTP/1.1\r\n\r\n'],
    ['a header without a name', request('GET /me HTTP/1.1', [': x'])],
    [
      'a header with a line break inside',
      'GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\nX: b\r\n\r\n',
    ],
    ['a header with a null', request('GET /me HTTP/1.1', ['Authorization: Bearer a\0b'])],
    ['headers without an end', request('GET /me HTTP/1.1', [`X: ${'x'.repeat(40_000)}`])],
    [
      'a flood of headers',
      request(
        'GET /me HTTP/1.1',
        Array.from({ length: 5_000 }, (_, n) => `X-${n}: ${n}`),
      ),
    ],
    ['two lengths', request('POST /login HTTP/1.1', ['Content-Length: 5', 'Content-Length: 6'], 'hello!')],
    [
      'a length and chunks',
      request(
        'POST /login HTTP/1.1',
        ['Content-Length: 4', 'Transfer-Encoding: chunked'],
        '0\r\n\r\nGET /admin/users HTTP/1.1\r\n\r\n',
      ),
    ],
    ['an encoding that hides', request('POST /login HTTP/1.1', ['Transfer-Encoding: xchunked'], '0\r\n\r\n')],
    ['a negative length', request('POST /login HTTP/1.1', ['Content-Length: -1'])],
    ['a wrong chunk', request('POST /login HTTP/1.1', ['Transfer-Encoding: chunked'], 'zz\r\n')],
  ])('%s: refused, and the next one is answered', async (_name, bytes) => {
    const answer = await raw(bytes)
    expect(answer).not.toMatch(/^HTTP\/1\.1 (2|5)/)
    expect(answer).not.toContain('HTTP/1.1 200')
    await isAlive()
  })
})

describe('bodies that mean harm', () => {
  const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  it.each<[string, Uint8Array, number]>([
    ['deep nesting', post(`{"username":${deep(8_000)},"password":"x"}`), 400],
    ['a prototype', post('{"__proto__":{"role":"admin"},"username":"a","password":"b"}'), 400],
    ['a constructor', post('{"constructor":{"prototype":{"x":1}},"username":"a","password":"b"}'), 400],
    ['huge numbers', post(`{"username":1e999,"password":${'9'.repeat(5_000)}}`), 400],
    ['a key twice', post('{"username":"a","username":[],"password":"b"}'), 400],
    ['half a character', post('{"username":"\\ud800","password":"\\udfff"}'), 401],
    ['no UTF-8', post(Uint8Array.from([0x7b, 0xff, 0xfe, 0x7d])), 400],
    ['another charset', post('{}', ['Content-Type: application/json; charset=utf-7']), 400],
    ['a bomb', post(gzipSync('{"username":"'.padEnd(20_000_000, 'a')), ['Content-Encoding: gzip']), 413],
    ['an unknown encoding', post('{}', ['Content-Encoding: rot13']), 400],
    ['more than there may be', post(`{"username":"${'a'.repeat(20_000)}","password":"b"}`), 413],
    [
      'less than was said',
      Buffer.from(
        request('POST /login HTTP/1.1', ['Content-Type: application/json', 'Content-Length: 500'], '{'),
      ),
      400,
    ],
  ])('%s', async (_name, bytes, status) => {
    const answer = await raw(bytes)
    if (answer !== '') expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer).not.toMatch(/stack|node_modules|\.ts:/)
    await isAlive()
  })
})

describe('forged tokens (RFC 8725 sections 2 and 3)', () => {
  const fresh = { iat: T0 / 1000 + 3600, exp: T0 / 1000 + 7200 }
  const forgeries: Record<string, Parameters<typeof forge>[0]> = {
    'without a signature (2.1)': { header: { alg: 'none' }, secret: '' },
    'with another algorithm (2.1)': { header: { alg: 'HS512' }, hash: 'sha512' },
    'with a public key for a secret (2.1)': { header: { alg: 'RS256' } },
    'with a weak secret (2.2)': { secret: 'secret' },
    'for another audience (2.8, 3.9)': { payload: { aud: 'another' } },
    'of another issuer (3.8)': { payload: { iss: 'another' } },
    'of another type (3.11)': { header: { typ: 'at+jwt' } },
    'with its own key (3.10)': { header: { jwk: { kty: 'oct', k: 'AAAA' } } },
    'with the address of a key (3.10)': { header: { jku: 'http://127.0.0.1/keys' } },
    'with a path for a key (3.10)': { header: { kid: '../../etc/passwd' } },
    'with what must be understood (RFC 7515 4.1.11)': { header: { crit: ['exp'] } },
    'without a subject (3.8)': { payload: { sub: '' } },
  }
  const cases = Object.entries(forgeries).flatMap(([name, forgery]) => [
    [`fresh, ${name}`, forge({ ...forgery, payload: { ...fresh, ...forgery?.payload } })] as const,
    [`expired, ${name}`, forge(forgery)] as const,
  ])
  it.each(cases)('%s', async (_name, token) => {
    for (const path of ['/me', '/verify', '/admin/users']) {
      const answer = await raw(request(`GET ${path} HTTP/1.1`, [`Authorization: Bearer ${token}`]))
      expect(answer).toMatch(/^HTTP\/1\.1 401 /)
      expect(answer).toContain('"code":"token_invalid"')
      expect(answer).not.toMatch(/x-jwt: /i)
    }
  })

  it('a right signature alone lets nobody in: there is no such session', async () => {
    const answer = await raw(
      request('GET /me HTTP/1.1', [`Authorization: Bearer ${forge({ payload: fresh })}`]),
    )
    expect(answer).toContain('"code":"session_unknown"')
  })
})

/** RFC 7515 appendix A.1 and A.5: right elsewhere, strangers here. */
it.each([
  [
    'A.1',
    'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  ],
  [
    'A.5',
    'eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.',
  ],
])('the example of RFC 7515 appendix %s is no token of ours', async (_name, token) => {
  const answer = await raw(request('GET /me HTTP/1.1', [`Authorization: Bearer ${token}`]))
  expect(answer).toContain('"code":"token_invalid"')
})

it('whatever bytes come, nothing breaks', { timeout: 120_000 }, async () => {
  const word = fc.stringMatching(/^[!-~]{0,40}$/)
  const path = fc.oneof(
    word.map((rest) => `/${rest}`),
    fc.constantFrom('/me', '/login', '/me/sessions', '/admin/users?limit=', '/verify'),
  )
  const header = fc.tuple(
    fc.constantFrom(
      'Authorization',
      'X-Forwarded-For',
      'User-Agent',
      'X-Request-Id',
      'Content-Type',
      'Origin',
      'If-None-Match',
      'Accept',
    ),
    fc.oneof(
      word,
      word.map((rest) => `Bearer ${rest}`),
    ),
  )
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS')
  const property = fc.asyncProperty(
    method,
    path,
    fc.array(header, { maxLength: 6 }),
    fc.string(),
    async (verb, target, headers, body) => {
      const lines = [
        ...headers.map(([name, value]) => `${name}: ${value}`),
        `Content-Length: ${Buffer.byteLength(body)}`,
      ]
      const answer = await raw(request(`${verb} ${target} HTTP/1.1`, lines, body))
      expect(answer).toMatch(/^HTTP\/1\.1 [234]/)
      expect(answer).not.toMatch(/^HTTP\/1\.1 200 .*"token"/s)
    },
  )
  await fc.assert(property, { numRuns: 1_500, seed: 1 })
  await isAlive()
})
