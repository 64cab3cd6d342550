import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { temporaryDatabase } from '../support/files.ts'
import { decode, forge, SECRET } from '../support/forge.ts'
import { newJti, recordOf } from '../support/records.ts'
import { spawnServer } from '../support/server-process.ts'
import { Device } from './device.ts'

const ROOT = { username: 'root', password: 'correct horse battery' }
const ADA = { username: 'ada', password: 'another horse battery' }
const SETTINGS = {
  ADMIN_USERNAME: ROOT.username,
  ADMIN_PASSWORD: ROOT.password,
  JWT_SECRET: SECRET,
}

/** So many that their rows are marked in batches, which go on after the answer. */
const SESSIONS = 10_000
const TRIED = 40

/** A kill may come too late, when every row is marked; then it is tried again. */
const ATTEMPTS = 4

interface Crowd {
  readonly userId: string
  /** A token of each of some sessions of the user. */
  readonly tokens: readonly string[]
}

test('a kill in the middle of revoking 10,000 sessions: all of them are revoked, and the next login is not', async () => {
  let unmarked = 0
  for (let attempt = 0; attempt < ATTEMPTS && unmarked === 0; attempt += 1) {
    const path = temporaryDatabase()
    const crowd = await revokeAndKill(path)
    unmarked = stillValid(path, crowd)
    await expectRevoked(path, crowd)
  }
  expect(unmarked).toBeGreaterThan(0)
})

/** Revokes all sessions of a user, and kills the server as soon as that is acknowledged. */
async function revokeAndKill(path: string): Promise<Crowd> {
  const server = await spawnServer({ ...SETTINGS, DATABASE_URL: path })
  try {
    const admin = new Device('admin')
    await admin.login(server.url, ROOT.username, ROOT.password)
    await admin.send(server.url, 'POST', '/admin/users', ADA)
    const ada = new Device('ada')
    await ada.login(server.url, ADA.username, ADA.password)
    const crowd = await addSessions(path, String(decode(ada.token ?? '')['sub']))
    const known = new Device('one that the server knows', crowd.tokens[0])
    expect(await known.send(server.url, 'GET', '/verify')).toMatchObject({ status: 204 })
    const answer = await admin.send(server.url, 'DELETE', `/admin/users/${crowd.userId}/sessions`)
    expect(answer).toMatchObject({ status: 200, body: { revoked: SESSIONS + 1 } })
    return crowd
  } finally {
    await server.kill()
  }
}

/** Puts sessions into the file as another process would. */
async function addSessions(path: string, userId: string): Promise<Crowd> {
  const now = Date.now()
  const agent = { userAgent: 'curl/8.14.1', lastUserAgent: 'curl/8.14.1' }
  const times = { createdAt: now, updatedAt: now }
  const jtis = Array.from({ length: SESSIONS }, newJti)
  const store = openSqliteStore(path)
  await Promise.all(jtis.map((jti) => store.create(recordOf({ jti, userId, ...times, ...agent }))))
  await store.close()
  const iat = Math.floor(now / 1000)
  const claims = { sub: userId, iat, exp: iat + 900, auth_time: iat }
  const some = jtis.filter((_, index) => index % (SESSIONS / TRIED) === 0)
  return { userId, tokens: some.map((jti) => forge({ payload: { ...claims, jti } })) }
}

function stillValid(path: string, { userId }: Crowd): number {
  const file = new Database(path, { readonly: true })
  const count = file.prepare('SELECT count(*) FROM sliding_sessions WHERE user_id = ? AND valid').pluck()
  const valid = Number(count.get(userId))
  file.close()
  return valid
}

/** After a restart nobody is let in but who logs in anew, and that stays so. */
async function expectRevoked(path: string, crowd: Crowd): Promise<void> {
  const server = await spawnServer({ ...SETTINGS, DATABASE_URL: path })
  try {
    for (const token of crowd.tokens) {
      const reply = await new Device('one of many', token).send(server.url, 'GET', '/verify')
      expect(reply).toMatchObject({ status: 401, code: 'session_revoked' })
    }
    const ada = new Device('ada')
    expect(await ada.login(server.url, ADA.username, ADA.password)).toMatchObject({ status: 200 })
    expect(await ada.send(server.url, 'GET', '/verify')).toMatchObject({ status: 204 })
    expect(stillValid(path, crowd)).toBe(1)
  } finally {
    await server.kill()
  }
}
