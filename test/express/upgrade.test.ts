import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ConfigurationError, type Outcome } from '../../src/index.ts'
import { type TestApp, type TestAppOptions, testApp } from '../support/app.ts'
import { decode } from '../support/forge.ts'
import { sendRaw } from '../support/http.ts'
import { MINUTE } from '../support/records.ts'
import { CHROME, FIREFOX } from '../support/user-agents.ts'

type UpgradeOptions = { ip?: string; strict?: boolean }

/** A server that upgrades whom the sessions let in, as one for WebSockets does; answers with what it was told. */
async function upgrader({
  upgrade,
  ...options
}: TestAppOptions & { upgrade?: UpgradeOptions } = {}): Promise<{
  test: TestApp
  knock: (token?: string, userAgent?: string) => Promise<Outcome | undefined>
}> {
  const test = await testApp(options)
  let outcome: Outcome | undefined
  const server = createServer().listen(0, '127.0.0.1')
  server.on('upgrade', async (req: IncomingMessage, socket) => {
    outcome = await test.sessions.authenticateUpgrade(req, upgrade).catch((error) => error)
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n')
  })
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })

  async function knock(token?: string, userAgent = CHROME): Promise<Outcome | undefined> {
    outcome = undefined
    const { port } = server.address() as AddressInfo
    await sendRaw(port, [
      'GET /socket HTTP/1.1',
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: test',
      `User-Agent: ${userAgent}`,
      ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    ])
    return outcome
  }
  return { test, knock }
}

describe('authenticateUpgrade', () => {
  it('lets a fresh token pass', async () => {
    const { test, knock } = await upgrader()
    const token = await test.login()
    expect(await knock(token)).toEqual({
      kind: 'pass',
      auth: {
        userId: 'ada',
        jti: decode(token)['jti'],
        claims: { role: 'user' },
        authTime: test.clock.now(),
        renewed: false,
      },
      token: undefined,
    })
  })

  it('renews an expired one and hands out its successor', async () => {
    const { test, knock } = await upgrader()
    const token = await test.login()
    test.clock.advance(16 * MINUTE)
    const outcome = await knock(token)
    if (outcome?.kind !== 'pass') return expect.fail('it did not pass')
    expect(outcome.auth.renewed).toBe(true)
    expect(decode(outcome.token ?? '')).toMatchObject({ gen: 1 })
    expect(test.row(token)).toMatchObject({ issued: 1, parent: 0, last_ip: null })
  })

  it.each([
    ['no token', undefined, 'token_missing'],
    ['no JWT', 'abc', 'token_malformed'],
  ])('refuses %s', async (_, token, code) => {
    const { knock } = await upgrader()
    expect(await knock(token)).toEqual({ kind: 'refuse', code })
  })

  it('refuses a revoked session and another browser', async () => {
    const { test, knock } = await upgrader()
    const [revoked, token] = [await test.login('bob'), await test.login()]
    await test.sessions.revokeAll('bob')
    expect(await knock(revoked)).toEqual({ kind: 'refuse', code: 'session_revoked' })
    test.clock.advance(16 * MINUTE)
    expect(await knock(token, FIREFOX)).toEqual({ kind: 'refuse', code: 'fingerprint_mismatch' })
  })

  it('asks the host where it is strict', async () => {
    const { test, knock } = await upgrader({ upgrade: { strict: true } })
    const token = await test.login()
    test.users.delete('ada')
    expect(await knock(token)).toEqual({ kind: 'refuse', code: 'user_disabled' })
  })

  it.each([
    [{ strickt: true }, 'strickt: unknown option; did you mean strict?'],
    [{ strict: 'yes' }, 'strict: got "yes", takes true or false'],
    [{ ip: 1 }, 'ip: got 1, takes an address'],
  ])('refuses %j, and lets nobody in', async (upgrade, message) => {
    const { test, knock } = await upgrader({ upgrade: upgrade as UpgradeOptions })
    const error = await knock(await test.login())
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toHaveProperty('message', message)
  })

  it('goes by the address that it is given', async () => {
    const { test, knock } = await upgrader({
      options: { fingerprint: 'strict' },
      upgrade: { ip: '::ffff:192.0.2.1' },
    })
    const token = await test.login()
    test.clock.advance(16 * MINUTE)
    expect(await knock(token)).toEqual({ kind: 'refuse', code: 'fingerprint_mismatch' })
    expect(test.events.at(-1)?.event).toMatchObject({ ip: '192.0.2.1' })
  })

  it('goes by the socket’s address where it is given none', async () => {
    const { test, knock } = await upgrader({ options: { fingerprint: { ip: 'exact' } } })
    const token = await test.login()
    test.clock.advance(16 * MINUTE)
    expect(await knock(token)).toMatchObject({ kind: 'pass' })
  })
})
