import { randomBytes } from 'node:crypto'
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { slidingSession } from '../../src/index.ts'
import { testApp, tokenOf } from '../support/app.ts'
import { temporaryDatabase } from '../support/files.ts'
import { SECRET } from '../support/forge.ts'
import { HOUR, MINUTE } from '../support/records.ts'
import { spawnServer } from '../support/server-process.ts'

/** An app on a file, one session whose token has expired and one whose token is fresh. */
async function appWithTokens() {
  const path = temporaryDatabase()
  const test = await testApp({ path })
  const expired = await test.login('ada')
  test.clock.advance(16 * MINUTE)
  const fresh = await test.login('bob')
  return { ...test, path, expired, fresh }
}

function neighbourOf(path: string): Database.Database {
  const neighbour = new Database(path)
  onTestFinished(() => void neighbour.close())
  return neighbour
}

const UNAVAILABLE = { status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '1' } }

describe('a locked database', () => {
  it('answers 503 to whoever needs a write, lets checked fresh tokens pass, and recovers', async () => {
    const { path, sqlite, get, send, row, expired, fresh } = await appWithTokens()
    sqlite.pragma('busy_timeout = 20')
    const neighbour = neighbourOf(path)
    neighbour.exec('BEGIN IMMEDIATE')
    expect(await get('/whoami', expired)).toMatchObject(UNAVAILABLE)
    expect(await send('post', '/login/ada')).toMatchObject(UNAVAILABLE)
    expect((await get('/whoami', fresh)).status).toBe(200)
    neighbour.exec('ROLLBACK')
    const recovered = await get('/whoami', expired)
    expect(recovered.status).toBe(200)
    expect(tokenOf(recovered)).toBeDefined()
    expect(row(expired)).toMatchObject({ issued: 1, parent: 0 })
  })
})

describe('a full disk', () => {
  it('answers 503 to logins, hands out nothing that is not durable, and recovers', async () => {
    const { sqlite, send, get, fresh } = await appWithTokens()
    const pages = sqlite.pragma('page_count', { simple: true }) as number
    sqlite.pragma(`max_page_count = ${pages}`)
    const agents = Array.from({ length: 60 }, () => `agent ${randomBytes(200).toString('hex')}`)
    const statuses = new Set<number>()
    for (const agent of agents) {
      const response = await send('post', '/login/ada').set('User-Agent', agent)
      statuses.add(response.status)
      if (response.status === 503) expect(tokenOf(response)).toBeUndefined()
    }
    expect(statuses).toContain(503)
    expect((await get('/whoami', fresh)).status).toBe(200)
    sqlite.pragma('max_page_count = 1000000')
    expect((await send('post', '/login/ada').set('User-Agent', 'another')).status).toBe(200)
  })
})

describe('a database that can only be read', () => {
  it('renews and begins nothing, and recovers', async () => {
    const { sqlite, get, send, expired, row } = await appWithTokens()
    sqlite.pragma('query_only = ON')
    expect(await get('/whoami', expired)).toMatchObject(UNAVAILABLE)
    expect(await send('post', '/login/ada')).toMatchObject(UNAVAILABLE)
    sqlite.pragma('query_only = OFF')
    expect((await get('/whoami', expired)).status).toBe(200)
    expect(row(expired)).toMatchObject({ issued: 1 })
  })
})

describe('a corrupted file', () => {
  async function corrupted(corrupt: (path: string) => void): Promise<string> {
    const path = temporaryDatabase()
    const copy = `${path}.copy`
    const { sqlite, login } = await testApp({ path })
    for (let n = 0; n < 50; n += 1) await login('ada', { 'User-Agent': `agent ${n}` })
    sqlite.pragma('wal_checkpoint(TRUNCATE)')
    copyFileSync(path, copy)
    corrupt(copy)
    return copy
  }

  it.each([
    ['is no database', (path: string) => writeFileSync(path, 'x'.repeat(8_192))],
    ['has a broken schema', (path: string) => writeFileSync(path, overwritten(path, 100, 3_000))],
  ])('that %s refuses the start in one line', async (_name, corrupt) => {
    const path = await corrupted(corrupt)
    await expect(spawnServer({ DATABASE_URL: path, LOG_LEVEL: 'silent' })).rejects.toThrow(
      /^sliding-jwt: DATABASE_URL: got [^\n]+\n$/,
    )
  })

  it.each([
    ['broken pages', (path: string) => writeFileSync(path, overwritten(path, 8_192, 60_000))],
    ['a missing end', (path: string) => truncateSync(path, 20_480)],
  ])('with %s lets nobody in without a check', async (_name, corrupt) => {
    const path = await corrupted(corrupt)
    let outcome: string
    try {
      await (await slidingSession({ secret: SECRET, database: path })).close()
      const { get, send } = await testApp({ path })
      const unknown = await get('/whoami', await strangersToken())
      const login = await send('post', '/login/ada')
      outcome = `${unknown.status} ${login.status}`
    } catch (error) {
      outcome = (error as Error).name
    }
    expect(outcome).toMatch(/^(ConfigurationError|(401|503) (200|503))$/)
  })
})

/** A right signature, but a session of another database. */
async function strangersToken(): Promise<string> {
  const { login } = await testApp()
  return login('ada')
}

function overwritten(path: string, from: number, to: number): Buffer {
  const bytes = readFileSync(path)
  bytes.fill(0xa5, from, Math.min(to, bytes.length))
  return bytes
}

describe('a clock that is set', () => {
  it('back by an hour logs nobody out and opens no way around a revocation', async () => {
    const { clock, get, fresh, expired, sessions } = await appWithTokens()
    clock.advance(-HOUR)
    expect((await get('/whoami', fresh)).status).toBe(200)
    expect((await get('/whoami', expired)).status).toBe(200)
    expect(await sessions.revokeAll('bob')).toEqual({ revoked: 1 })
    expect((await get('/whoami', fresh)).body.code).toBe('session_revoked')
    clock.advance(HOUR)
    expect((await get('/whoami', fresh)).body.code).toBe('session_revoked')
    expect((await get('/whoami', expired)).status).toBe(200)
  })

  it('forward by an hour renews what has expired by that', async () => {
    const { clock, get, fresh } = await appWithTokens()
    clock.advance(HOUR)
    const renewed = await get('/whoami', fresh)
    expect(renewed.status).toBe(200)
    const token = tokenOf(renewed) ?? ''
    expect((await get('/whoami', token)).status).toBe(200)
    clock.advance(-HOUR)
    expect((await get('/whoami', token)).status).toBe(200)
  })
})
