import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { startServer } from './process.ts'
import { cli } from './run.ts'

const ADMIN = { ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'correct horse battery' }
const AGENT = { 'User-Agent': 'curl/8.14.1' }

async function login(url: string): Promise<string> {
  const response = await fetch(`${url}/login`, {
    method: 'POST',
    headers: { ...AGENT, 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: ADMIN.ADMIN_USERNAME, password: ADMIN.ADMIN_PASSWORD }),
  })
  expect(response.status).toBe(200)
  return response.headers.get('X-JWT') ?? ''
}

async function me(url: string, token: string): Promise<{ status: number; code?: string }> {
  const response = await fetch(`${url}/me`, { headers: { ...AGENT, Authorization: `Bearer ${token}` } })
  const { code } = (await response.json()) as { code?: string }
  return code === undefined ? { status: response.status } : { status: response.status, code }
}

test('a session outlives a restart with the same file; the keys are made once, for their owner alone', async () => {
  const { database } = cli()
  const first = await startServer({ DATABASE_URL: database, ...ADMIN })
  const token = await login(first.url)
  const keys = readFileSync(`${database}.keys.json`, 'utf8')
  expect(statSync(`${database}.keys.json`).mode & 0o777).toBe(0o600)
  expect(await first.stop()).toBe(0)

  const second = await startServer({
    DATABASE_URL: database,
    ...ADMIN,
    ADMIN_PASSWORD: 'is not looked at any more',
  })
  expect(await me(second.url, token)).toEqual({ status: 200 })
  expect(readFileSync(`${database}.keys.json`, 'utf8')).toBe(keys)
  expect(await second.stop()).toBe(0)
  expect(first.log() + second.log()).not.toContain(token)
})

test('what the commands revoke, a running server refuses on the very next request', async () => {
  const { database, run } = cli()
  const server = await startServer({ DATABASE_URL: database, ...ADMIN })
  const [one, two] = [await login(server.url), await login(server.url)]
  expect(await me(server.url, one)).toEqual({ status: 200 })

  const { sessions } = JSON.parse((await run('sessions list root --json')).output)
  expect(sessions).toHaveLength(2)
  const jti = JSON.parse(Buffer.from(one.split('.')[1] ?? '', 'base64url').toString()).jti
  await run(`sessions revoke ${jti}`)
  expect(await me(server.url, one)).toEqual({ status: 401, code: 'session_revoked' })
  expect(await me(server.url, two)).toEqual({ status: 200 })
  await run('sessions revoke-all root')
  expect(await me(server.url, two)).toEqual({ status: 401, code: 'session_revoked' })
  expect(await server.stop()).toBe(0)
})

test('on SIGTERM a request in flight is answered, kept connections are closed, and the exit code is 0', async () => {
  const { database } = cli()
  const server = await startServer({ DATABASE_URL: database, ...ADMIN })
  await me(server.url, await login(server.url))

  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  const body = JSON.stringify({ username: 'root', password: ADMIN.ADMIN_PASSWORD })
  const head = `POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
  socket.write(`${head}${body.slice(0, 10)}`)
  await fetch(`${server.url}/healthz`)
  const exit = server.stop()
  await new Promise((resolve) => setTimeout(resolve, 200))
  socket.write(body.slice(10))
  let answer = ''
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString()
  })
  await once(socket, 'close')
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK/)
  expect(await exit).toBe(0)
})

test('Prometheus is told of the process, too', async () => {
  const { database } = cli()
  const server = await startServer({ DATABASE_URL: database })
  const figures = await (await fetch(`${server.url}/metrics`)).text()
  for (const name of [
    'nodejs_eventloop_lag_p99_seconds',
    'process_resident_memory_bytes',
    'sliding_jwt_renewals_total',
  ]) {
    expect(figures).toMatch(new RegExp(`^${name} `, 'm'))
  }
  expect(await server.stop()).toBe(0)
})

test('audit events reach the webhook, and it does not keep the process from ending', async () => {
  const types: string[] = []
  const receiver = createServer(async (req, res) => {
    let body = ''
    for await (const chunk of req) body += chunk
    types.push(JSON.parse(body).type)
    res.writeHead(204).end()
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  onTestFinished(() => void receiver.close())
  const { port } = receiver.address() as AddressInfo
  const server = await startServer({
    DATABASE_URL: cli().database,
    ...ADMIN,
    AUDIT_WEBHOOK_URL: `http://127.0.0.1:${port}/hush`,
    AUDIT_WEBHOOK_SECRET: 'a secret of the webhook, 32 bytes or more',
  })
  await login(server.url)
  expect(await server.stop()).toBe(0)
  expect(types).toEqual(['user.created', 'login.succeeded'])
  expect(server.log()).not.toMatch(/hush|a secret of/)
})

test('a wrong setting stops the start with one line on standard error', async () => {
  const { database } = cli()
  await expect(startServer({ DATABASE_URL: database, TOKEN_TTL: 'soon' })).rejects.toThrow(
    /^sliding-jwt: TOKEN_TTL: got "soon", takes [^\n]+\n$/,
  )
})

test('a port that is in use is named', async () => {
  const { database } = cli()
  const { url } = await startServer({ DATABASE_URL: database })
  const { port } = new URL(url)
  await expect(startServer({ DATABASE_URL: database, PORT: port })).rejects.toThrow(
    `PORT: got ${port}, which is in use`,
  )
})

test('an older Node gets one clear line', async () => {
  const command = fileURLToPath(new URL('../../bin/sliding-jwt.js', import.meta.url))
  const pretend = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})`
  const run = promisify(execFile)(process.execPath, ['--import', pretend, command, 'serve'])
  await expect(run).rejects.toMatchObject({
    code: 1,
    stderr: 'sliding-jwt needs Node 22.14 or newer, this is 20.20.2\n',
  })
})

test('the demo tells its whole story, with exit code 0', { timeout: 30_000 }, async () => {
  const demo = fileURLToPath(new URL('../../tools/demo/main.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [demo])
  expect(stdout).toContain('Everything went as told.')
  expect(stdout).not.toContain('✗')
})
