import { expect, test } from 'vitest'
import { Device, generationOf } from '../faults/device.ts'
import { temporaryDatabase } from '../support/files.ts'
import { type ServerProcess, spawnServer } from '../support/server-process.ts'

const PROCESSES = 4
const ADMIN = { ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'correct horse battery' }

async function cluster(settings: Readonly<Record<string, string>>): Promise<ServerProcess[]> {
  const environment = { ...ADMIN, LOG_LEVEL: 'error', DATABASE_URL: temporaryDatabase(), ...settings }
  const first = await spawnServer(environment)
  const others = await Promise.all(Array.from({ length: PROCESSES - 1 }, () => spawnServer(environment)))
  return [first, ...others]
}

/** Sends one request with a device's token to every server, several times over, all at once. */
function everywhere(servers: readonly ServerProcess[], { token }: Device, times: number) {
  return Promise.all(
    Array.from({ length: times }, () => servers)
      .flat()
      .map(async ({ url }) => {
        const copy = new Device('copy')
        copy.token = token
        return { reply: await copy.send(url, 'GET', '/verify'), token: copy.token }
      }),
  )
}

test('4 processes on one file: of parallel requests with one expired token all pass, and one generation is written', async () => {
  const servers = await cluster({ TOKEN_TTL: '400ms', GRACE: '30s' })
  const [first] = servers as [ServerProcess]
  try {
    const devices = [new Device('one'), new Device('two'), new Device('three')]
    for (const device of devices) await device.login(first.url, ADMIN.ADMIN_USERNAME, ADMIN.ADMIN_PASSWORD)
    for (let round = 1; round <= 3; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 450))
      const answers = await Promise.all(devices.map((device) => everywhere(servers, device, 5)))
      answers.forEach((ofDevice, index) => {
        expect(ofDevice.map(({ reply }) => reply.kind === 'answer' && reply.status)).toEqual(
          ofDevice.map(() => 204),
        )
        const renewed = ofDevice.filter(({ reply }) => reply.kind === 'answer' && reply.renewed)
        expect(renewed).toHaveLength(1)
        expect(generationOf(renewed[0]?.token)).toBe(round)
        const device = devices[index] as Device
        device.token = renewed[0]?.token
      })
    }
  } finally {
    await Promise.all(servers.map((server) => server.kill()))
  }
})

test('4 processes on one file: what one revokes, all refuse on the very next request', async () => {
  const servers = await cluster({})
  const [first] = servers as [ServerProcess]
  try {
    for (const revoker of servers) {
      const [kept, ended] = [new Device('kept'), new Device('ended')]
      for (const device of [kept, ended])
        await device.login(first.url, ADMIN.ADMIN_USERNAME, ADMIN.ADMIN_PASSWORD)
      for (const answer of await everywhere(servers, ended, 2))
        expect(answer.reply).toMatchObject({ status: 204 })
      expect(await ended.send(revoker.url, 'POST', '/logout')).toMatchObject({ status: 204 })
      for (const answer of await everywhere(servers, ended, 2)) {
        expect(answer.reply).toMatchObject({ status: 401, code: 'session_revoked' })
      }
      expect(await kept.send(revoker.url, 'DELETE', '/me/sessions')).toMatchObject({ status: 200 })
      for (const answer of await everywhere(servers, kept, 2)) {
        expect(answer.reply).toMatchObject({ status: 401, code: 'session_revoked' })
      }
    }
  } finally {
    await Promise.all(servers.map((server) => server.kill()))
  }
})
