import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/index.ts'
import { resourceServer } from '../../src/resource/index.ts'
import { readConfig } from '../../src/server/config.ts'
import { serve } from '../../src/server/serve.ts'
import { startServer } from '../cli/process.ts'
import { cli } from '../cli/run.ts'
import { temporaryFolder } from '../support/files.ts'
import { startBench } from './support.ts'

const KEY = 'the key of orders, which has 32 bytes or more'
const CLIENT = { ip: '127.0.0.1', userAgent: 'curl/8.14.1' }

function resourceFile(content: string): string {
  const path = join(temporaryFolder(), 'resources.json')
  writeFileSync(path, content)
  return path
}

describe('RESOURCE_KEYS', () => {
  it('lets another server take the tokens, have them renewed, and know of a revocation', async () => {
    const { database, run } = cli()
    await run('keys add --alg ES256')
    const password = 'correct horse battery'
    const { url } = await startServer({
      DATABASE_URL: database,
      RESOURCE_KEYS: resourceFile(JSON.stringify({ orders: KEY })),
      // So that every token has expired when it arrives.
      TOKEN_TTL: '1ms',
      ADMIN_USERNAME: 'root',
      ADMIN_PASSWORD: password,
    })
    const response = await fetch(`${url}/login`, {
      method: 'POST',
      headers: { 'User-Agent': CLIENT.userAgent, 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'root', password }),
    })
    const token = response.headers.get('X-JWT') ?? ''
    const orders = resourceServer({ authServer: url, audience: 'orders', key: KEY })
    const renewed = await orders.verify(token, CLIENT)
    expect(renewed).toMatchObject({
      kind: 'pass',
      auth: { claims: { role: 'admin' }, renewed: true },
      token: expect.stringMatching(/^eyJ/),
    })
    expect(await orders.verify(token, CLIENT)).toMatchObject({ kind: 'pass', token: undefined })
    await run('sessions revoke-all root')
    const next = renewed.kind === 'pass' ? renewed.token : undefined
    expect(await orders.verify(next, CLIENT)).toEqual({ kind: 'refuse', code: 'session_revoked' })
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(metrics).toContain('sliding_jwt_requests_total{outcome="session_revoked"} 1')
  })

  it.each([
    ['{', /^RESOURCE_KEYS: got ".+", which is no JSON, takes the path of a file/],
    ['[]', /^RESOURCE_KEYS: got a list, takes an object/],
    ['{"orders": "short"}', /^RESOURCE_KEYS: got a key of 5 bytes, takes at least 32 bytes/],
    [`{"orders": "${KEY}", "billing": "${KEY}"}`, /^RESOURCE_KEYS: got one key twice/],
    [`{"sliding-jwt": "${KEY}"}`, /^RESOURCE_KEYS: got the audience of this server itself/],
    [`{"orders": "a secret of more than thirty-two bytes"}`, /^RESOURCE_KEYS: got a key that signs tokens/],
  ])('of %s stops the start, and tells no key', async (content, message) => {
    const config = readConfig({
      PORT: '0',
      DATABASE_URL: ':memory:',
      JWT_SECRET: 'a secret of more than thirty-two bytes',
      RESOURCE_KEYS: resourceFile(content),
      LOG_LEVEL: 'silent',
    })
    const start = serve(config)
    await expect(start).rejects.toThrow(ConfigurationError)
    await expect(start).rejects.toThrow(message)
    await expect(start).rejects.not.toThrow(KEY)
  })

  it('that is not there is named', async () => {
    const config = readConfig({
      DATABASE_URL: ':memory:',
      PORT: '0',
      RESOURCE_KEYS: '/nowhere/resources.json',
    })
    await expect(serve(config)).rejects.toThrow(
      'RESOURCE_KEYS: got "/nowhere/resources.json", which cannot be read (ENOENT)',
    )
  })
})

it('without resource servers, POST /renew is for nobody, and the JWK Set of secrets is empty', async () => {
  const { app } = await startBench()
  const { body } = await request(app).post('/renew').send({ token: 'a' }).expect(403)
  expect(body.code).toBe('forbidden')
  await request(app).get('/.well-known/jwks.json').expect(200, '{"keys":[]}')
})
