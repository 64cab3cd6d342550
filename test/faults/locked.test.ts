import Database from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryDatabase } from '../support/files.ts'
import { spawnServer } from '../support/server-process.ts'
import { Device, type Reply } from './device.ts'

const ADMIN = { ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'correct horse battery' }
const BUSY_TIMEOUT_MS = 5_000

/** A real server, somebody whose token has expired, somebody whose token is fresh, and somebody who has left. */
async function serverWithDevices() {
  const path = temporaryDatabase()
  const settings = { ...ADMIN, TOKEN_TTL: '1s', GRACE: '1s', DATABASE_URL: path }
  const server = await spawnServer(settings)
  onTestFinished(() => server.kill())
  const [expired, gone] = [new Device('expired'), new Device('gone')]
  for (const device of [expired, gone]) {
    await device.login(server.url, ADMIN.ADMIN_USERNAME, ADMIN.ADMIN_PASSWORD)
  }
  expect(await gone.send(server.url, 'POST', '/logout')).toMatchObject({ status: 204 })
  await wait(1_100)
  const lock = new Database(path)
  onTestFinished(() => void lock.close())
  return { url: server.url, lock, expired, gone }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

async function timed(asking: Promise<Reply>): Promise<{ reply: Reply; took: number }> {
  const start = performance.now()
  const reply = await asking
  return { reply, took: performance.now() - start }
}

it('a server that waits for the lock of another process renews when it comes free', async () => {
  const { url, lock, expired, gone } = await serverWithDevices()
  lock.exec('BEGIN IMMEDIATE')
  const asking = timed(expired.send(url, 'GET', '/verify'))
  await wait(500)
  lock.exec('ROLLBACK')
  const { reply, took } = await asking
  expect(reply).toMatchObject({ status: 204, renewed: true })
  expect(took).toBeGreaterThan(300)
  expect(await gone.send(url, 'GET', '/verify')).toMatchObject({ status: 401, code: 'session_revoked' })
})

it('a lock beyond the busy timeout of 5 s is answered with 503, once; whoever asks again afterwards is renewed', async () => {
  const { url, lock, expired, gone } = await serverWithDevices()
  lock.exec('BEGIN IMMEDIATE')
  const { reply, took } = await timed(expired.send(url, 'GET', '/verify'))
  expect(reply).toMatchObject({ status: 503, code: 'unavailable', renewed: false })
  expect(took).toBeGreaterThan(BUSY_TIMEOUT_MS - 500)
  expect(await gone.send(url, 'GET', '/verify')).toMatchObject({ status: 401, code: 'session_revoked' })
  lock.exec('ROLLBACK')
  expect(await expired.send(url, 'GET', '/verify')).toMatchObject({ status: 204, renewed: true })
  expect(await expired.send(url, 'POST', '/logout')).toMatchObject({ status: 204 })
  expect(await expired.send(url, 'GET', '/verify')).toMatchObject({ status: 401, code: 'session_revoked' })
})
