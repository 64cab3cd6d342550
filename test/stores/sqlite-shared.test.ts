import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openSessionStore } from '../../src/stores/open.ts'
import { temporaryDatabase } from '../support/files.ts'
import { recordOf, T0 } from '../support/records.ts'

async function open(database: unknown) {
  const store = await openSessionStore(database)
  onTestFinished(() => store.close())
  return store
}

function hostDatabase(path: string): Database.Database {
  const sqlite = new Database(path)
  sqlite.pragma('journal_mode = WAL')
  onTestFinished(() => {
    sqlite.close()
  })
  return sqlite
}

/** The locks that processes hold on a file, as Linux tells them. */
function locksOn(path: string): string[] {
  const { ino } = statSync(path)
  const lines = readFileSync('/proc/locks', 'utf8').split('\n')
  return lines.filter((line) => line.includes(`:${ino} `)).map((line) => line.replace(/^\d+: /, ''))
}

/**
 * Without that lock an older SQLite in another process takes itself for the last one that has the file open, and
 * deletes the log under this process when it closes it.
 */
describe.runIf(process.platform === 'linux')('the lock on a file that this process has open', () => {
  it.each([
    ['a store', async (path: string) => void (await open(path))],
    ['the host', async (path: string) => void hostDatabase(path).exec('CREATE TABLE users (id)')],
  ])('by %s stays when the file is opened once more by its path', async (_, openBefore) => {
    const path = temporaryDatabase()
    await openBefore(path)
    const before = locksOn(path)
    expect(before).toHaveLength(1)
    await open(path)
    expect(locksOn(path)).toEqual(before)
  })
})

/** What this process has open of a file, with what stands beside it. */
function descriptorsOf(path: string): string[] {
  return readdirSync('/proc/self/fd')
    .map(targetOf)
    .filter((target) => target.startsWith(path))
}

function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`)
  } catch {
    // That of the list itself.
    return ''
  }
}

it.runIf(process.platform === 'linux')(
  'a file that is opened and closed again and again is not left open',
  async () => {
    const path = temporaryDatabase()
    for (let round = 0; round < 5; round += 1) await (await openSessionStore(path)).close()
    await open(temporaryDatabase())
    expect(descriptorsOf(path)).toEqual([])
  },
)

describe('while the host has a transaction open on the connection of a store', () => {
  async function hostAndOther() {
    const path = temporaryDatabase()
    const sqlite = hostDatabase(path)
    const [store, other] = [await open(sqlite), await open(path)]
    const records = [recordOf(), recordOf({ userId: 'bob' })] as const
    for (const record of records) await store.create(record)
    return { sqlite, store, other, records }
  }

  it('what others revoke is seen at its end, as its old state hides it', async () => {
    const { sqlite, store, other, records } = await hostAndOther()
    sqlite.exec('BEGIN; SELECT count(*) FROM sliding_sessions')
    await other.revoke({ jti: records[0].jti }, 'admin', T0)
    store.peek(records[0].jti)
    await store.find(records[0].jti)
    sqlite.exec('COMMIT')
    expect(store.peek(records[0].jti)?.valid).toBe(false)
  })

  it('what it logs and takes back hides nothing that is logged after it', async () => {
    const { sqlite, store, other, records } = await hostAndOther()
    sqlite.exec("BEGIN; UPDATE sliding_sessions SET valid = 0 WHERE user_id = 'ada'")
    store.peek(records[0].jti)
    sqlite.exec('ROLLBACK')
    await other.revoke({ jti: records[1].jti }, 'admin', T0)
    expect(store.peek(records[1].jti)?.valid).toBe(false)
    expect((await store.find(records[0].jti))?.valid).toBe(true)
  })
})
