import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { json } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type Addresses, freePort } from '../../examples/nginx/nginx.ts'
import { addressOf, type Program, start } from '../../examples/nginx/program.ts'
import { decode } from '../support/forge.ts'
import { type Recorder, startRecorder } from './recorder.ts'
import { LIFETIME_AND_MORE_MS, standAlone } from './stand-alone.ts'

/** What the app answers: who it thinks that asks, and the names of the headers that it got. */
interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: {
    readonly code?: string
    readonly you?: Record<string, string>
    readonly headers?: readonly string[]
  }
}

/** What holds for forward auth with any proxy that knows how; `unreachable` is its answer without the server. */
export function forwardAuth(
  startProxy: (addresses: Addresses) => Promise<Program>,
  unreachable: readonly [status: number, code: string | undefined],
): void {
  const server = standAlone({ TRUST_PROXY: 'loopback' })
  let recorder: Recorder
  let app: Program
  let proxy: Program
  let url = ''
  const said: string[] = []
  beforeAll(async () => {
    recorder = await startRecorder(server.url)
    const backend = fileURLToPath(new URL('../../examples/nginx/backend.py', import.meta.url))
    app = start('the app', 'python3', [backend, '--port', '0'])
    app.lines.on('line', (line) => said.push(line))
    const listen = `127.0.0.1:${await freePort()}`
    proxy = await startProxy({ servers: [recorder.address], app: await addressOf(app), listen })
    url = `http://${listen}`
  })
  afterAll(async () => {
    await Promise.all([proxy?.stop(), app?.stop()])
    recorder?.stop()
  })

  async function ask(path: string, token?: string, headers: Record<string, string> = {}): Promise<Answer> {
    const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` }
    const answer = await fetch(`${url}${path}`, { headers: { ...authorization, ...headers } })
    expect(answer.headers.getSetCookie()).toEqual([])
    return {
      status: answer.status,
      headers: answer.headers,
      body: (await answer.json().catch(() => ({}))) as Answer['body'],
    }
  }

  async function logIn(): Promise<string> {
    const { username, password } = server
    const answer = await fetch(`${url}/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username, password }),
    })
    expect(answer.status).toBe(200)
    return answer.headers.get('X-JWT') ?? ''
  }

  async function logOut(token: string): Promise<void> {
    const headers = { Authorization: `Bearer ${token}` }
    expect((await fetch(`${url}/auth/logout`, { method: 'POST', headers })).status).toBe(204)
  }

  const renewedOf = ({ headers }: Answer): string => headers.get('X-JWT') ?? ''

  it('refuses who has no token, with the problem document and the challenge', async () => {
    const { status, headers, body } = await ask('/page.html', undefined, { 'X-User': 'mallory' })
    expect([status, body.code]).toEqual([401, 'token_missing'])
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': expect.stringMatching(/^application\/problem\+json/),
      'www-authenticate': 'Bearer realm="sliding-jwt"',
      'cache-control': 'no-store',
    })
  })

  it('tells the app who asks, and nobody else can', async () => {
    const token = await logIn()
    const { sub, jti } = decode(token)
    const forged = { 'X-User': 'mallory', 'X-Role': 'root', 'X-Session': 'none' }
    const { status, headers, body } = await ask('/', token, { ...forged, X_User: 'mallory' })
    expect(status).toBe(200)
    expect(body.you).toEqual({ 'X-User': sub, 'X-Role': 'admin', 'X-Session': jti })
    expect(body.headers).not.toContain('Authorization')
    expect(body.headers?.filter((name) => /^x[-_]user$/i.test(name)).length).toBe(1)
    expect(headers.get('Cache-Control')).toBe(headers.has('X-JWT') ? 'no-store' : 'max-age=60')
  })

  it('renews an expired token with the answer of the app, whatever that is', async () => {
    const token = await logIn()
    await wait(LIFETIME_AND_MORE_MS)
    const renewed = await ask('/missing', token)
    expect([renewed.status, decode(renewedOf(renewed))['gen']]).toEqual([404, 1])
    expect(renewed.headers.get('Cache-Control')).toBe('no-store')
    expect(renewed.headers.get('Vary')).toContain('Authorization')
    expect(renewed.headers.get('Access-Control-Expose-Headers')).toContain('X-JWT')
    expect((await ask('/', renewedOf(renewed))).body.you).toMatchObject({ 'X-User': decode(token)['sub'] })
  })

  it('answers parallel requests with one expired token, and renews it once', async () => {
    const token = await logIn()
    await wait(LIFETIME_AND_MORE_MS)
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask('/', token)))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(answers.map(renewedOf).filter((renewed) => renewed !== '').length).toBe(1)
  })

  it('refuses a revoked session at once, fresh token or not', async () => {
    const token = await logIn()
    expect((await ask('/', token)).status).toBe(200)
    await logOut(token)
    const { status, headers, body } = await ask('/', token)
    expect([status, body.code]).toEqual([401, 'session_revoked'])
    expect(headers.get('WWW-Authenticate')).toBe('Bearer realm="sliding-jwt", error="invalid_token"')
    expect(body).not.toHaveProperty('you')
  })

  it('asks once for each request: who uses a stolen copy is told that, and not its consequence', async () => {
    const stolen = await logIn()
    let current = stolen
    for (const _gen of [1, 2]) {
      await wait(LIFETIME_AND_MORE_MS)
      current = renewedOf(await ask('/', current))
    }
    expect((await ask('/', stolen)).body.code).toBe('token_reused')
    expect((await ask('/', current)).body.code).toBe('session_revoked')
  })

  it('asks about the request itself, from the address that the proxy saw', async () => {
    const token = await logIn()
    recorder.asked.length = 0
    const forged = { Cookie: 'a=b', 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Uri': '/elsewhere' }
    await ask('/page?of=1', token, { ...forged, 'X-Forwarded-Method': 'DELETE' })
    expect(recorder.asked.length).toBe(1)
    const [{ method, url: asked, headers } = { headers: {} as IncomingMessage['headers'] }] = recorder.asked
    expect([method, asked]).toEqual(['GET', '/verify'])
    expect(headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-method': 'GET',
      'x-forwarded-uri': '/page?of=1',
    })
    expect(headers).not.toHaveProperty('cookie')
  })

  it('hands an upload to the app as it comes, and nothing of it to the server', async () => {
    const token = await logIn()
    recorder.asked.length = 0
    const piece = Buffer.alloc(100_000)
    const upload = request(`${url}/files`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'User-Agent': 'node', 'Content-Length': 2 * piece.length },
    })
    upload.write(piece)
    // The app says so before the second half is sent: nobody in between waits for the whole.
    const half = `received ${piece.length} of ${2 * piece.length} bytes`
    await vi.waitFor(() => expect(said).toContain(half), { timeout: 20_000 })
    upload.end(piece)
    const [answer] = (await once(upload, 'response')) as [IncomingMessage]
    expect(await json(answer)).toEqual({ user: decode(token)['sub'], bytes: 2 * piece.length })
    expect(recorder.asked.map(({ url: asked, bodyLength }) => [asked, bodyLength])).toEqual([['/verify', 0]])
    expect(recorder.asked[0]?.headers).not.toHaveProperty('transfer-encoding')
  })

  it('closes the door while the server cannot be reached', async () => {
    const token = await logIn()
    recorder.isDown = true
    try {
      const { status, body } = await ask('/', token)
      expect([status, body.code]).toEqual(unreachable)
      expect(body).not.toHaveProperty('you')
    } finally {
      recorder.isDown = false
    }
    expect((await ask('/', token)).status).toBe(200)
  })
}
