import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { Device, generationOf, payloadOf } from '../faults/device.ts'
import { temporaryDatabase } from '../support/files.ts'
import { type ServerProcess, spawnServer } from '../support/server-process.ts'

const ADMIN = { ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'correct horse battery' }
const SETTINGS = { ...ADMIN, LOG_LEVEL: 'error', TOKEN_TTL: '300ms', GRACE: '30s' }
const PARALLEL = 3

/** Sends one token to every server several times, all at once. */
function everywhere(servers: readonly ServerProcess[], token: string) {
  const urls = Array.from({ length: PARALLEL }, () => servers.map(({ url }) => url)).flat()
  return urls.map(async (url) => {
    const copy = new Device('copy', token)
    const reply = await copy.send(url, 'GET', '/verify')
    return { status: reply.kind === 'answer' ? reply.status : 'lost', reply, token: copy.token ?? token }
  })
}

/** Real processes have the machine's clock. */
function untilExpired(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 400))
}

function rowOf(path: string, token: string) {
  const file = new Database(path, { readonly: true })
  const row = file
    .prepare<[Buffer], { issued: number; valid: number }>(
      'SELECT issued, valid FROM sliding_sessions WHERE jti = ?',
    )
    .get(Buffer.from(payloadOf(token).jti, 'base64url'))
  file.close()
  return row
}

test('4 processes on one file: a revocation amid renewals of the same session from all of them is the last word', async () => {
  const path = temporaryDatabase()
  const environment = { ...SETTINGS, DATABASE_URL: path }
  const servers = [await spawnServer(environment)]
  try {
    servers.push(...(await Promise.all([1, 2, 3].map(() => spawnServer(environment)))))
    for (const revoker of servers) {
      const device = new Device('device')
      await device.login(revoker.url, ADMIN.ADMIN_USERNAME, ADMIN.ADMIN_PASSWORD)
      const old = device.token ?? ''
      const owner = new Device('owner')
      await owner.login(revoker.url, ADMIN.ADMIN_USERNAME, ADMIN.ADMIN_PASSWORD)
      await untilExpired()

      const racing = everywhere(servers, old)
      const revoking = owner.send(revoker.url, 'DELETE', `/me/sessions/${payloadOf(old).jti}`)
      const answers = await Promise.all(racing)
      expect(await revoking).toMatchObject({ status: 204 })

      const renewed = answers.filter(({ reply }) => reply.kind === 'answer' && reply.renewed)
      expect(renewed.length).toBeLessThanOrEqual(1)
      for (const { status, reply } of answers) {
        if (status === 204) continue
        expect(reply).toMatchObject({ status: 401, code: 'session_revoked' })
      }
      const latest = renewed[0]?.token ?? old
      expect(rowOf(path, old)).toEqual({ issued: generationOf(latest), valid: 0 })
      const afterwards = await Promise.all([...everywhere(servers, old), ...everywhere(servers, latest)])
      for (const { reply } of afterwards)
        expect(reply).toMatchObject({ status: 401, code: 'session_revoked' })
    }
  } finally {
    await Promise.all(servers.map((server) => server.kill()))
  }
})
