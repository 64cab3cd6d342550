import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  type HostileServer,
  parseAnswer,
  request,
  SMUGGLED,
  startHostileServer,
  type Victim,
} from './server.ts'

let server: HostileServer
let victim: Victim

beforeAll(async () => {
  server = await startHostileServer()
  victim = await server.addVictim('admin')
})

afterAll(() => server.close())

/** Whatever came before, the next one is answered, and no request was seen that nobody sent. */
afterEach(async () => {
  expect(parseAnswer(await server.raw(request('GET /healthz')))?.status).toBe(200)
  expect(server.faults).toEqual([])
})

const bearer = () => `Authorization: Bearer ${victim.fresh}`
const inner = `GET ${SMUGGLED} HTTP/1.1\r\nHost: x\r\n\r\n`
const post = (headers: string[], body = '') => request('POST /login', headers, body)

describe('what is no request is refused by 400, or without a word:', () => {
  it.each<[string, string]>([
    ['no HTTP', 'hello\r\n\r\n'],
    ['a greeting of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
    ['a preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['an unknown method', request('GETT /me')],
    ['a method in small letters', request('get /me')],
    ['an unknown version', 'GET /me HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['a target with a blank', 'GET /me /me HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a target with a null', request('GET /me\0')],
    ['no target', 'GET  HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no host', 'GET /me HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['a header without a name', request('GET /me', [': x'])],
    ['a header without a colon', request('GET /me', ['Authorization'])],
    ['a blank before the colon', request('GET /me', [`Authorization : Bearer x`])],
    ['a header with a null', request('GET /me', ['Authorization: Bearer a\0b'])],
    ['a header that is folded', request('GET /me', ['Authorization: Bearer', ' a'])],
    ['a bare line feed', 'GET /me HTTP/1.1\nHost: x\nX: \0\n\n'],
    ['a return without a line feed', 'GET /me HTTP/1.1\r\nHost: x\r\nX: a\rX-Injected: b\r\n\r\n'],
  ])('%s', async (_name, bytes) => {
    const answer = await server.raw(bytes)
    if (answer !== '') expect(parseAnswer(answer)?.status).toBe(400)
    expect(parseAnswer(answer)?.rest ?? '').toBe('')
  })
})

describe('a request that could be taken for two is refused by 400:', () => {
  it.each<[string, string]>([
    ['two lengths', post(['Content-Length: 5', 'Content-Length: 6'], `hello${inner}`)],
    ['two lengths in one header', post(['Content-Length: 0, 5'], `hello${inner}`)],
    ['a length and chunks', post(['Content-Length: 4', 'Transfer-Encoding: chunked'], `0\r\n\r\n${inner}`)],
    ['chunks and a length', post(['Transfer-Encoding: chunked', 'Content-Length: 4'], `0\r\n\r\n${inner}`)],
    ['an encoding that hides', post(['Transfer-Encoding: xchunked'], `0\r\n\r\n${inner}`)],
    [
      'chunks that are not the last encoding',
      post(['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${inner}`),
    ],
    ['a blank before the colon', post(['Transfer-Encoding : chunked'], `0\r\n\r\n${inner}`)],
    ['a length with a sign', post(['Content-Length: +5'], `hello${inner}`)],
    ['a negative length', post(['Content-Length: -1'], inner)],
    ['a length in hexadecimal', post(['Content-Length: 0x5'], `hello${inner}`)],
    ['a length beyond all numbers', post([`Content-Length: ${'9'.repeat(30)}`], inner)],
    ['a chunk without a size', post(['Transfer-Encoding: chunked'], `zz\r\n${inner}`)],
    ['a chunk with a negative size', post(['Transfer-Encoding: chunked'], `-1\r\n${inner}`)],
    [
      'a chunk with a size beyond all numbers',
      post(['Transfer-Encoding: chunked'], `${'f'.repeat(20)}\r\n${inner}`),
    ],
    ['a chunk that is longer than it says', post(['Transfer-Encoding: chunked'], `1\r\nabc\r\n${inner}`)],
  ])('%s', async (_name, bytes) => {
    const answer = parseAnswer(await server.raw(bytes))
    expect(answer?.status).toBe(400)
    expect(answer?.rest).toBe('')
  })

  it('and a body that looks like a request is a body', async () => {
    const answer = parseAnswer(await server.raw(post([`Content-Length: ${inner.length}`], inner)))
    expect(answer).toMatchObject({ status: 400, rest: '' })
  })
})

describe('a flood of', () => {
  const many = (count: number, line: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => line(n))

  it.each<[string, () => string]>([
    [
      'headers beyond 16 kB',
      () =>
        request(
          'GET /me',
          many(5_000, (n) => `X-${n}: ${n}`),
        ),
    ],
    ['one header beyond 16 kB', () => request('GET /me', [`X: ${'x'.repeat(40_000)}`])],
    ['a target beyond 16 kB', () => request(`GET /${'a'.repeat(40_000)}`)],
    ['a token beyond 16 kB', () => request('GET /me', [`Authorization: Bearer ${'a'.repeat(40_000)}`])],
  ])('%s is refused by 413', async (_name, bytes) => {
    expect(parseAnswer(await server.raw(bytes()))?.status).toBe(413)
  })

  it.each<[string, (token: string) => string[], string]>([
    ['cookies lets nobody in', () => many(100, (n) => `Cookie: token${n}=x`), 'token_missing'],
    ['tokens lets nobody in', (token) => many(20, () => token), 'token_malformed'],
    [
      'headers behind which a second token hides',
      (token) => [token, ...many(500, (n) => `${n}:`), token],
      'token_malformed',
    ],
  ])('%s', async (_name, headersOf, code) => {
    const answer = parseAnswer(await server.raw(request('GET /me', headersOf(bearer()))))
    expect(answer?.status).toBe(401)
    expect(answer?.body).toContain(`"code":"${code}"`)
  })

  it('chunks is no longer read than a body may be', async () => {
    const chunks = `${'1\r\na\r\n'.repeat(17_000)}0\r\n\r\n`
    const bytes = post(['Content-Type: application/json', 'Transfer-Encoding: chunked'], chunks)
    expect(parseAnswer(await server.raw(bytes))?.status).toBe(413)
  })
})

describe('headers that a client chooses change nothing they should not:', () => {
  it.each([
    ['an address', 'X-Forwarded-For: 203.0.113.9'],
    ['a method', 'X-Http-Method-Override: DELETE'],
    ['a path', 'X-Original-URL: /healthz'],
    ['another path', 'X-Rewrite-URL: /healthz'],
    ['who it is', 'X-User: id-of-root'],
    ['a role', 'X-Role: admin'],
    ['a token, as they come out', 'X-JWT: eyJhbGciOiJub25lIn0.e30.'],
    ['a token in a cookie', 'Cookie: token=eyJhbGciOiJub25lIn0.e30.'],
    ['a token for a proxy', 'Proxy-Authorization: Bearer eyJhbGciOiJub25lIn0.e30.'],
  ])('%s', async (_name, header) => {
    const answer = parseAnswer(await server.raw(request('GET /admin/users', [header])))
    expect(answer?.status).toBe(401)
    expect(answer?.body).toContain('"code":"token_missing"')
  })

  it.each([
    ['the id of a request', (evil: string) => request('GET /healthz', [`X-Request-Id: ${evil}`])],
    ['an origin', (evil: string) => request('GET /healthz', [`Origin: https://app.example${evil}`])],
    ['a path', (evil: string) => request(`GET /console/${evil}`)],
    ['an id', (evil: string) => request(`GET /admin/users/${evil}`, [bearer()])],
  ])('%s injects no header', async (_name, bytesOf) => {
    for (const evil of ['%0d%0aX-Injected:%201', '\u00e5\u010d\u00e5\u010aX-Injected:1']) {
      const bytes = Buffer.from(bytesOf(evil).replace(/[\u0100-\uffff]/g, '\xff'), 'latin1')
      const answer = parseAnswer(await server.raw(bytes))
      expect(answer?.status).toBeLessThan(500)
      expect([...(answer?.headers.keys() ?? [])]).not.toContain('x-injected')
    }
  })
})

describe('a path', () => {
  it.each([
    ['of a file above the console', '/console/assets/../../../package.json'],
    ['of a file above the console, encoded', '/console/assets/%2e%2e%2f%2e%2e%2f%2e%2e%2fpackage.json'],
    ['of a file above the console, in the slashes of Windows', '/console/assets/..%5c..%5cpackage.json'],
    ['with a null', '/console/assets/a%00.js'],
    ['that cannot be decoded', '/admin/users/%zz'],
    ['that is no UTF-8', '/admin/users/%ff%fe'],
    ['of an id with half a character', '/admin/users/%ed%a0%80'],
    ['of an id with a path in it', '/admin/users/..%2f..%2fhealthz'],
    ['of an id that every object has', '/admin/users/__proto__'],
    ['of an id without an end', `/admin/users/${'a'.repeat(8_000)}`],
    ['of a session with SQL', "/admin/users/'%20OR%201=1%20--/sessions"],
  ])('%s leads nowhere: 404', async (_name, path) => {
    const answer = parseAnswer(await server.raw(request(`GET ${path}`, [bearer()])))
    expect(answer?.status).toBe(404)
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ code: 'not_found' })
  })

  it.each([
    ['a limit that is no number', '/admin/users?limit=NaN'],
    ['a limit beyond all', '/admin/users?limit=1e9'],
    ['a limit twice', '/admin/users?limit=1&limit=2'],
    ['a search twice', '/admin/users?search=a&search=b'],
    ['an object for a search', '/admin/users?search[a]=b'],
    ['a prototype', '/admin/users?__proto__[x]=1'],
    ['a cursor of nobody', '/admin/users?cursor=AAAA'],
    ['a cursor of another list', `/admin/events?cursor=${Buffer.from('user:A').toString('base64url')}`],
    ['a cursor that is SQL', "/admin/events?cursor=1'%20OR%201=1"],
    ['a type of event that is none', '/admin/events?type=constructor'],
  ])('with a query that has %s is refused: 400', async (_name, path) => {
    const answer = parseAnswer(await server.raw(request(`GET ${path}`, [bearer()])))
    expect(answer?.status).toBe(400)
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ code: 'body_invalid' })
  })

  it.each([
    ['wildcards', '%25'],
    ['one letter, whatever it is', '_'],
    ['SQL', "'%20OR%20'1'='1"],
  ])('with %s in a search finds only what has them in its name', async (_name, search) => {
    const answer = parseAnswer(await server.raw(request(`GET /admin/users?search=${search}`, [bearer()])))
    expect(answer?.status).toBe(200)
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ users: [] })
  })
})
