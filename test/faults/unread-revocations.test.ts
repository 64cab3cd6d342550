import type Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { onCommit } from '../../src/stores/commits.ts'
import { testApp } from '../support/app.ts'
import { temporaryDatabase } from '../support/files.ts'
import { decode } from '../support/forge.ts'

/** One app in which things go wrong, and another on the same file that revokes. */
async function twoApps() {
  const path = temporaryDatabase()
  const app = await testApp({
    path,
    routes: (express, sessions) => {
      express.post('/revoke-and-login', async (req, res) => {
        const both = [sessions.revokeAll('root'), sessions.start(req, res, 'ada')]
        const settled = await Promise.allSettled(both)
        res.json(settled.map(({ status }) => status))
      })
    },
  })
  const other = await testApp({ path, clock: app.clock })
  const [ada, bob] = [await app.login('ada'), await app.login('bob')]
  for (const token of [ada, bob]) expect((await app.get('/whoami', token)).status).toBe(200)
  await settle()
  return { app, other, ada, bob }
}

/** First uses are written behind the answers: what follows is to be the only commit that is news. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** Hides the log of revocations from one connection alone, as a disk does that fails to read. */
function hideLog(sqlite: Database.Database): () => void {
  sqlite.exec('CREATE TEMP TABLE sliding_revocations (hidden)')
  return () => void sqlite.exec('DROP TABLE temp.sliding_revocations')
}

/** Loses the transaction of every login, as a disk does that is full. */
function loseLogins(sqlite: Database.Database): () => void {
  sqlite.exec(`CREATE TEMP TRIGGER full_disk BEFORE INSERT ON main.sliding_sessions
    BEGIN SELECT RAISE(ROLLBACK, 'the disk is full'); END`)
  return () => void sqlite.exec('DROP TRIGGER temp.full_disk')
}

describe('what was revoked', () => {
  it('by another process while the log of revocations could not be read is refused when it can be read again', async () => {
    const { app, other, ada, bob } = await twoApps()
    const show = hideLog(app.sqlite)
    expect(await other.sessions.revoke(String(decode(bob)['jti']))).toBe(true)
    expect(await app.get('/whoami', ada)).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    show()
    expect(await app.get('/whoami', bob)).toMatchObject({ status: 401, body: { code: 'session_revoked' } })
    expect((await app.get('/whoami', ada)).status).toBe(200)
  })

  it('by this process is known from its commit on, even where the log cannot be read right after it', async () => {
    const path = temporaryDatabase()
    const app = await testApp({ path, options: { onStoreFailure: 'pass-fresh' } })
    const [ada, bob] = [await app.login('ada'), await app.login('bob')]
    for (const token of [ada, bob]) expect((await app.get('/whoami', token)).status).toBe(200)
    await settle()
    const stop = onCommit(() => {
      stop()
      hideLog(app.sqlite)
    })
    expect(await app.sessions.revokeAll('bob')).toEqual({ revoked: 1 })
    expect(await app.get('/whoami', bob)).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect((await app.get('/whoami', ada)).status).toBe(200)
  })

  it('by another process after a batch was lost in which the log had been read is refused on the very next request', async () => {
    const { app, other, ada, bob } = await twoApps()
    const recover = loseLogins(app.sqlite)
    const both = await app.send('post', '/revoke-and-login', ada)
    expect(both.body).toEqual(['rejected', 'rejected'])
    recover()
    expect((await app.get('/whoami', bob)).status).toBe(200)
    expect(await other.sessions.revoke(String(decode(bob)['jti']))).toBe(true)
    expect(await app.get('/whoami', bob)).toMatchObject({ status: 401, body: { code: 'session_revoked' } })
  })
})
