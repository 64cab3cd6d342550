import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type HostileServer, parseAnswer, request, startHostileServer, type Victim } from './server.ts'

let server: HostileServer
let victim: Victim

beforeAll(async () => {
  server = await startHostileServer()
  victim = await server.addVictim('admin')
})

afterAll(() => server.close())

afterEach(async () => {
  expect(parseAnswer(await server.raw(request('GET /healthz')))?.status).toBe(200)
  expect(server.faults).toEqual([])
  expect(({} as Record<string, unknown>)['role']).toBeUndefined()
})

function post(body: string | Uint8Array, type = 'application/json', headers: string[] = [], length?: number) {
  const bytes = Buffer.from(body)
  const head = [
    `Authorization: Bearer ${victim.fresh}`,
    `Content-Type: ${type}`,
    `Content-Length: ${length ?? bytes.length}`,
    ...headers,
  ]
  return Buffer.concat([Buffer.from(request('POST /admin/users', head)), bytes])
}

const encoded = (name: string, body: string | Uint8Array) =>
  post(body, undefined, [`Content-Encoding: ${name}`])
const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const members = (json: string) => `{"username":"a","password":"long enough",${json}}`

describe('a body that means harm is refused', () => {
  it.each<[string, () => Uint8Array, number]>([
    ['nothing', () => post(''), 400],
    ['no JSON', () => post('{"username"'), 400],
    ['JSON that is no object', () => post('[]'), 400],
    ['null', () => post('null'), 400],
    ['deep nesting', () => post(`{"username":${deep(8_000)}}`), 400],
    ['deep nesting beyond 16 kB', () => post(`{"username":${deep(100_000)}}`), 413],
    ['a prototype', () => post(members('"__proto__":{"role":"admin"}')), 400],
    ['a prototype in other letters', () => post(members('"\\u005f_proto__":{"role":"admin"}')), 400],
    ['a constructor', () => post(members('"constructor":{"prototype":{"role":"admin"}}')), 400],
    ['a member that nobody knows', () => post(members('"id":"root"')), 400],
    ['a number beyond all numbers', () => post('{"username":1e999,"password":"long enough"}'), 400],
    ['a number of 10,000 digits', () => post(`{"username":${'9'.repeat(10_000)},"password":"x"}`), 400],
    ['a key twice, the last one wrong', () => post(members('"username":[]')), 400],
    ['a list for a name', () => post('{"username":["a"],"password":"long enough"}'), 400],
    ['half a character in a name', () => post('{"username":"\\ud800","password":"long enough"}'), 400],
    ['half a character in a password', () => post('{"username":"a","password":"\\ud800 long enough"}'), 400],
    ['a null in a name', () => post('{"username":"a\\u0000b","password":"long enough"}'), 400],
    [
      'a name that is written backwards',
      () => post('{"username":"a\\u202eb","password":"long enough"}'),
      400,
    ],
    ['a role that is none', () => post(members('"role":"root"')), 400],
    ['bytes that are no UTF-8', () => post(Uint8Array.from([0x7b, 0xff, 0xfe, 0x7d])), 400],
    ['UTF-16 that says it is UTF-8', () => post(Buffer.from(members('"x":1'), 'utf16le')), 400],
    ['another charset', () => post('{}', 'application/json; charset=utf-7'), 400],
    ['a form', () => post('username=a&password=long+enough', 'application/x-www-form-urlencoded'), 400],
    ['XML', () => post('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>', 'application/xml'), 400],
    ['JSON called text', () => post(members('"role":"admin"'), 'text/plain'), 400],
    ['more than 16 kB', () => post(members(`"role":"${'a'.repeat(20_000)}"`)), 413],
    ['a bomb of gzip', () => encoded('gzip', gzipSync(Buffer.alloc(20_000_000, 0x20))), 413],
    ['a bomb of deflate', () => encoded('deflate', deflateSync(Buffer.alloc(20_000_000, 0x20))), 413],
    ['a bomb of brotli', () => encoded('br', brotliCompressSync(Buffer.alloc(20_000_000, 0x20))), 413],
    ['a bomb within a bomb', () => encoded('gzip, gzip', gzipSync(gzipSync(Buffer.alloc(1_000_000)))), 400],
    ['gzip that is none', () => encoded('gzip', '{}'), 400],
    ['gzip cut at its end', () => encoded('gzip', gzipSync('{"username":"a"}').subarray(0, 15)), 400],
    ['an unknown encoding', () => encoded('rot13', '{}'), 400],
  ])('%s', async (_name, bytes, status) => {
    const answer = parseAnswer(await server.raw(bytes()))
    expect(answer?.status).toBe(status)
    const code = status === 413 ? 'payload_too_large' : 'body_invalid'
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ code, status })
    expect(answer?.body).not.toMatch(/long enough|node_modules|\.ts:/)
    expect(answer?.rest).toBe('')
  })

  it('and none of them made a user', async () => {
    expect(await server.database.users.findByKey('A')).toBeUndefined()
  })
})

it.each([500, 1e9])(
  'a body of %d bytes that ends after one gets no good answer, and holds nobody up',
  async (length) => {
    const answer = await server.raw(post('{', undefined, [], length), true)
    expect(parseAnswer(answer)?.status ?? 400).toBe(400)
  },
)

it('a compressed body that is right is read', async () => {
  const body = gzipSync('{"username":"zip","password":"long enough"}')
  expect(parseAnswer(await server.raw(encoded('gzip', body)))?.status).toBe(201)
})
