import { writeFileSync } from 'node:fs'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { expect, test, vi } from 'vitest'
import { startServer } from './process.ts'
import { cli } from './run.ts'

const ADMIN = { ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'correct horse battery' }
const soon = { timeout: 30_000, interval: 50 }

test('a running server takes keys as the commands change them: nobody is logged out, until a key is retired', async () => {
  const { database, run } = cli()
  const server = await startServer({ DATABASE_URL: database, ...ADMIN })
  const call = (path: string, init: RequestInit) =>
    fetch(`${server.url}${path}`, {
      ...init,
      headers: { 'User-Agent': 'curl/8.14.1', 'Content-Type': 'application/json', ...init.headers },
    })
  const login = async () => {
    const body = JSON.stringify({ username: ADMIN.ADMIN_USERNAME, password: ADMIN.ADMIN_PASSWORD })
    return (await call('/login', { method: 'POST', body })).headers.get('X-JWT') ?? ''
  }
  const meStatus = async (token: string) =>
    (await call('/me', { headers: { Authorization: `Bearer ${token}` } })).status
  const published = async () =>
    ((await (await call('/.well-known/jwks.json', {})).json()) as { keys: { kid: string }[] }).keys

  const first = await login()
  expect(await published()).toEqual([])
  const { keys } = JSON.parse((await run('keys add --alg ES256 --starts 0 --json')).output)
  await vi.waitFor(async () => expect(await published()).toMatchObject([{ kid: keys[1].kid }]), soon)

  const second = await login()
  const jwks = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`))
  const { protectedHeader } = await jwtVerify(second, jwks, {
    issuer: 'sliding-jwt',
    audience: 'sliding-jwt',
  })
  expect(protectedHeader).toMatchObject({ alg: 'ES256', kid: keys[1].kid })
  expect([await meStatus(first), await meStatus(second)]).toEqual([200, 200])

  expect((await run(`keys retire ${keys[0].kid}`)).error).toMatch(/of [12] live sessions?, which would end/)
  await run(`keys retire ${keys[0].kid} --force`)
  server.child.kill('SIGHUP')
  await vi.waitFor(async () => expect(await meStatus(first)).toBe(401), soon)
  expect(await meStatus(second)).toBe(200)

  writeFileSync(`${database}.keys.json`, 'not a key file')
  server.child.kill('SIGHUP')
  await vi.waitFor(() => expect(server.log()).toContain('the keys before stay: JWT_KEYS: got'), soon)
  expect(await meStatus(second)).toBe(200)
  expect(await server.stop()).toBe(0)
})
