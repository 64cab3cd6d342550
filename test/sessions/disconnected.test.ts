import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { SlidingSessionOptions } from '../../src/index.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { MINUTE } from '../support/records.ts'
import { gate } from '../support/stores.ts'
import { CHROME } from '../support/user-agents.ts'

/** A request with an expired token whose client hangs up while the host is asked for claims. */
async function hangUp(options: Partial<SlidingSessionOptions>, path: string): Promise<[TestApp, string]> {
  const answered = gate()
  let isSlow = false
  const loadClaims = async () => {
    if (isSlow) await answered.wait()
    return { role: 'user' }
  }
  const closed = gate()
  const test = await testApp({
    options: { loadClaims, ...options },
    before(app, sessions) {
      app.get('/strict', sessions.authenticate({ strict: true }), (_req, res) => {
        res.end()
      })
      app.use((req, _res, next) => {
        req.socket.once('close', () => closed.open())
        next()
      })
    },
  })
  const token = await test.login()
  test.clock.advance(16 * MINUTE)
  isSlow = true
  const socket = connect(test.port, '127.0.0.1')
  await once(socket, 'connect')
  test.server.getConnections(() => undefined)
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: ${CHROME}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  )
  await answered.reached
  socket.destroy()
  await expect.poll(() => connectionsOf(test)).toBe(0)
  answered.open()
  return [test, token]
}

function connectionsOf({ server }: TestApp): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))
  })
}

describe('a client that hangs up during its renewal', () => {
  it('is recorded with the address it had', async () => {
    const [test, token] = await hangUp({}, '/whoami')
    await expect.poll(() => test.row(token)).toMatchObject({ issued: 1 })
    expect(test.row(token)).toMatchObject({ ip: '127.0.0.1', last_ip: null })
    expect(test.events.map(({ name }) => name)).not.toContain('session.moved')
  })

  it('is not taken for somebody else by a rule that compares addresses', async () => {
    const [test, token] = await hangUp({ fingerprint: { ip: 'exact', onMismatch: 'revoke' } }, '/strict')
    await expect.poll(() => test.row(token)).toMatchObject({ issued: 1, valid: 1 })
  })
})
