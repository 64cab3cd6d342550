import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../support/files.ts'
import { type ServerProcess, type SpawnOptions, spawnServer } from '../support/server-process.ts'
import { Device } from './device.ts'
import { canMount, onReadOnlyDisk, onSmallDisk, seenBy } from './mounts.ts'

const ADMIN = { ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'correct horse battery' }
const TTL_MS = 400
const SETTINGS = { ...ADMIN, TOKEN_TTL: `${TTL_MS}ms`, GRACE: '100ms' }

const UNAVAILABLE = { status: 503, code: 'unavailable', renewed: false }

async function start(folder: string, options: SpawnOptions = {}): Promise<ServerProcess> {
  const server = await spawnServer({ ...SETTINGS, DATABASE_URL: join(folder, 'sessions.db') }, options)
  onTestFinished(() => server.kill())
  return server
}

async function loggedIn({ url }: ServerProcess, name: string): Promise<Device> {
  const device = new Device(name)
  expect(await device.login(url, ADMIN.ADMIN_USERNAME, ADMIN.ADMIN_PASSWORD)).toMatchObject({ status: 200 })
  return device
}

describe.skipIf(!canMount)('a disk that is full', () => {
  it('answers 503 to all that must be kept, lets no revoked session pass, and loses nothing', async () => {
    const folder = temporaryFolder()
    const server = await start(folder, { through: onSmallDisk(folder, '1m') })
    const { url } = server
    const [gone, one, two] = [
      await loggedIn(server, 'gone'),
      await loggedIn(server, 'one'),
      await loggedIn(server, 'two'),
    ]
    expect(await gone.send(url, 'POST', '/logout')).toMatchObject({ status: 204 })

    fill(seenBy(server, folder))
    await untilFull(one, url)
    const before = [one.token, two.token]
    for (let round = 0; round < 3; round += 1) {
      await wait(TTL_MS + 50)
      expect(await one.send(url, 'GET', '/verify')).toMatchObject(UNAVAILABLE)
      expect(await two.send(url, 'POST', '/logout')).toMatchObject(UNAVAILABLE)
      expect(await new Device('new').login(url, 'root', ADMIN.ADMIN_PASSWORD)).toMatchObject(UNAVAILABLE)
      expect(await gone.send(url, 'GET', '/verify')).toMatchObject({ status: 401, code: 'session_revoked' })
    }
    expect([one.token, two.token]).toEqual(before)

    rmSync(join(seenBy(server, folder), 'filler'))
    expect(await one.send(url, 'GET', '/verify')).toMatchObject({ status: 204, renewed: true })
    expect(await two.send(url, 'GET', '/verify')).toMatchObject({ status: 204, renewed: true })
    expect(await two.send(url, 'POST', '/logout')).toMatchObject({ status: 204 })
    expect(await two.send(url, 'GET', '/verify')).toMatchObject({ status: 401, code: 'session_revoked' })
    await loggedIn(server, 'new')
    expect(await server.stop()).toBe(0)
  })

  it('from the beginning refuses the start in one line', async () => {
    const folder = temporaryFolder()
    await expect(start(folder, { through: onSmallDisk(folder, '16k') })).rejects.toThrow(
      /^sliding-jwt: DATABASE_URL: got [^\n]+\n$/,
    )
  })
})

/** Takes all the room that is left. */
function fill(folder: string): void {
  const bytes = randomBytes(2_000_000)
  expect(() => writeFileSync(join(folder, 'filler'), bytes)).toThrow('ENOSPC')
}

/** Renews until the last page that SQLite had put by is written. */
async function untilFull(device: Device, url: string): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const reply = await device.send(url, 'GET', '/verify')
    if (reply.kind === 'answer' && reply.status === 503) return
    await wait(TTL_MS / 4)
  }
  throw new Error('the disk does not become full')
}

describe.skipIf(!canMount)('a disk that can only be read', () => {
  it('refuses the start in one line; whoever was logged in still is when it can be written', async () => {
    const folder = temporaryFolder()
    const before = await start(folder)
    const [kept, gone] = [await loggedIn(before, 'kept'), await loggedIn(before, 'gone')]
    expect(await gone.send(before.url, 'POST', '/logout')).toMatchObject({ status: 204 })
    await before.kill()

    await expect(start(folder, { through: onReadOnlyDisk(folder) })).rejects.toThrow(
      /^sliding-jwt: DATABASE_URL: got [^\n]+\n$/,
    )
    const { url } = await start(folder)
    expect(await kept.send(url, 'GET', '/verify')).toMatchObject({ status: 204 })
    expect(await gone.send(url, 'GET', '/verify')).toMatchObject({ status: 401, code: 'session_revoked' })
  })
})
