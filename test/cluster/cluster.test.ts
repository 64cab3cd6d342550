import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Device, generationOf, type Reply } from '../faults/device.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { cluster, everywhere, jtiOf, loggedIn, ROOT } from './processes.ts'

const ADA = { username: 'ada', password: 'a password of ada' }
const REVOKED = { status: 401, code: 'session_revoked' }

test('4 processes on one file: of parallel requests with one expired token all pass, and one generation is written', async () => {
  const { servers, first, issued } = await cluster({ TOKEN_TTL: '400ms', GRACE: '30s' })
  const devices = [await loggedIn(first), await loggedIn(first), await loggedIn(first)]
  for (let round = 1; round <= 3; round += 1) {
    await wait(450)
    const answers = await Promise.all(devices.map((device) => everywhere(servers, device, 5)))
    answers.forEach((ofDevice, index) => {
      for (const { reply } of ofDevice) expect(reply).toMatchObject({ status: 204 })
      const renewed = ofDevice.filter(({ reply }) => reply.kind === 'answer' && reply.renewed)
      expect(renewed.map(({ token }) => generationOf(token))).toEqual([round])
      const device = devices[index] as Device
      device.token = renewed[0]?.token
      expect(issued(device)).toBe(round)
    })
  }
})

interface Others {
  /** Another device of the user's. */
  readonly own: Device
  readonly admin: Device
  readonly userId: string
}

/** How a session can end; each is asked of one process alone. */
const ENDS: readonly ((url: string, ended: Device, others: Others) => Promise<Reply>)[] = [
  (url, ended) => ended.send(url, 'POST', '/logout'),
  (url, ended, { own }) => own.send(url, 'DELETE', `/me/sessions/${jtiOf(ended)}`),
  (url, _ended, { own }) => own.send(url, 'DELETE', '/me/sessions?except=current'),
  (url, ended, { admin }) => admin.send(url, 'DELETE', `/admin/sessions/${jtiOf(ended)}`),
  (url, _ended, { admin, userId }) => admin.send(url, 'DELETE', `/admin/users/${userId}/sessions`),
  (url, _ended, { own }) => {
    const passwords = { currentPassword: ADA.password, newPassword: ADA.password }
    return own.send(url, 'PUT', '/me/password', passwords)
  },
]

async function makeAda(server: ServerProcess): Promise<{ admin: Device; userId: string }> {
  const admin = await loggedIn(server, ROOT)
  const made = await admin.send(server.url, 'POST', '/admin/users', ADA)
  if (made.kind !== 'answer' || made.status !== 201) throw new Error('no user was made')
  return { admin, userId: (made.body as { user: { id: string } }).user.id }
}

async function expectEverywhere(servers: readonly ServerProcess[], device: Device, reply: object) {
  for (const answer of await everywhere(servers, device, 2)) expect(answer.reply).toMatchObject(reply)
}

test('4 processes on one file: what one revokes, all refuse on the very next request', async () => {
  const { servers, first } = await cluster()
  const { admin, userId } = await makeAda(first)
  for (const { url } of servers) {
    for (const end of ENDS) {
      const [own, ended] = [await loggedIn(first, ADA), await loggedIn(first, ADA)]
      await expectEverywhere(servers, ended, { status: 204 })
      const reply = await end(url, ended, { own, admin, userId })
      expect(reply.kind === 'answer' && reply.status).toBeOneOf([200, 204])
      await expectEverywhere(servers, ended, REVOKED)
    }
    const ada = await loggedIn(first, ADA)
    await expectEverywhere(servers, ada, { status: 204 })
    await setDisabled(admin, url, userId, true)
    await expectEverywhere(servers, ada, REVOKED)
    for (const server of servers) {
      const again = await new Device('ada').login(server.url, ADA.username, ADA.password)
      expect(again).toMatchObject({ status: 401, code: 'credentials_invalid' })
    }
    await setDisabled(admin, url, userId, false)
  }
})

async function setDisabled(admin: Device, url: string, userId: string, disabled: boolean): Promise<void> {
  expect(await admin.send(url, 'PATCH', `/admin/users/${userId}`, { disabled })).toMatchObject({
    status: 200,
  })
}
