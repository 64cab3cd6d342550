import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openSessionStore } from '../../src/stores/open.ts'
import { backUp } from '../../src/stores/sqlite/backup.ts'
import { recordOf } from '../support/records.ts'
import { cli } from './run.ts'

const PASSWORD = 'correct horse battery'

describe('backup', () => {
  it('copies what is committed, log and all, into one file for its owner alone', async () => {
    const { folder, database, run } = cli()
    await run('user add anna', { input: PASSWORD })
    const live = await openSessionStore(database)
    onTestFinished(() => live.close())
    await live.create(recordOf())
    const copy = join(folder, 'copy.db')
    const { exit, output, error } = await run(`backup ${copy} --json`)
    expect({ exit, error, answer: JSON.parse(output) }).toEqual({
      exit: 0,
      error: '',
      answer: { file: copy, bytes: statSync(copy).size },
    })
    expect(statSync(copy).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder).filter((name) => name.startsWith('copy'))).toEqual(['copy.db'])
    const restored = await run(`user list --json --database-url ${copy}`)
    expect(JSON.parse(restored.output).users).toMatchObject([{ username: 'anna' }])
    const opened = new Database(copy, { readonly: true })
    expect(opened.prepare('SELECT count(*) FROM sliding_sessions').pluck().get()).toBe(1)
    opened.close()
  })

  it('keeps the state of its beginning while others write', async () => {
    const { folder, database } = cli()
    const live = await openSessionStore(database)
    onTestFinished(() => live.close())
    for (let index = 0; index < 200; index += 1) await live.create(recordOf())
    const copy = join(folder, 'copy.db')
    const writes: Promise<void>[] = []
    const shares: number[] = []
    await backUp(database, copy, (share) => {
      shares.push(share)
      writes.push(live.create(recordOf()))
    })
    await Promise.all(writes)
    expect(writes.length).toBeGreaterThan(0)
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true)
    const opened = new Database(copy, { readonly: true })
    expect(opened.prepare('SELECT count(*) FROM sliding_sessions').pluck().get()).toBe(200)
    opened.close()
  })

  it('never overwrites a file', async () => {
    const { folder, run } = cli()
    await run('user add anna', { input: PASSWORD })
    const copy = join(folder, 'copy.db')
    writeFileSync(copy, 'precious')
    const { exit, error } = await run(`backup ${copy} --json`)
    expect({ exit, code: JSON.parse(error).error.code }).toEqual({ exit: 1, code: 'conflict' })
    expect(readFileSync(copy, 'utf8')).toBe('precious')
  })

  it('leaves what another process is making', async () => {
    const { folder, run } = cli()
    await run('user add anna', { input: PASSWORD })
    // In containers, processes have the same number.
    const draft = join(folder, `copy.db.${process.pid}.part`)
    writeFileSync(draft, 'half of a copy')
    expect(await run(`backup ${join(folder, 'copy.db')}`)).toMatchObject({ exit: 0, error: '' })
    expect(readFileSync(draft, 'utf8')).toBe('half of a copy')
  })

  it.each([
    ['a database that is not there', 'backup copy.db', 'not_found'],
    ['a database in memory', 'backup copy.db --database-url :memory:', 'not_found'],
  ])('of %s fails', async (_what, words, code) => {
    const { exit, error } = await cli().run(`${words} --json`)
    expect({ exit, code: JSON.parse(error).error.code }).toEqual({ exit: 1, code })
    expect(existsSync('copy.db')).toBe(false)
  })

  it.each([
    ['a file that is no database', (path: string) => writeFileSync(path, 'x'.repeat(10_000))],
    ['a damaged database', damage],
    ['a database whose rows refer to nothing', unlink],
  ])('of %s fails, and leaves nothing behind', async (_what, spoil) => {
    const { folder, database, run } = cli()
    await run('user add anna', { input: PASSWORD })
    spoil(database)
    const { exit, error } = await run(`backup ${join(folder, 'copy.db')} --json`)
    expect({ exit, code: JSON.parse(error).error.code }).toEqual({ exit: 1, code: 'backup_failed' })
    expect(readdirSync(folder).filter((name) => name.startsWith('copy'))).toEqual([])
  })

  it('shows a person how far it is, and a script nothing', async () => {
    const { folder, run } = cli()
    await run('user add anna', { input: PASSWORD })
    const seen = await run(`backup ${join(folder, 'one.db')}`, { columns: 80 })
    expect(seen.error.endsWith('\r\u001b[K')).toBe(true)
    expect(seen.output).toMatch(/^Backed up .* \(\d+\.\d kB\), and checked the copy\. It holds no keys\.\n$/)
    expect((await run(`backup ${join(folder, 'two.db')}`)).error).toBe('')
    expect((await run(`backup ${join(folder, 'three.db')} --json`, { columns: 80 })).error).toBe('')
  })
})

/** Overwrites the last page, which no query of the copying reads. */
function damage(path: string): void {
  const bytes = readFileSync(path)
  bytes.fill(0xa5, bytes.length - 4_096)
  writeFileSync(path, bytes)
}

/** Leaves a session without the user agent that it refers to. */
function unlink(path: string): void {
  const sqlite = new Database(path)
  sqlite.pragma('foreign_keys = OFF')
  sqlite.exec(`INSERT INTO sliding_sessions
    (jti, user_id, user_key, ip, user_agent_id, valid, created_at, updated_at, issued, seen, floor)
    VALUES (x'01', 'ada', x'02', '', 99, 1, 0, 0, 0, 0, 0)`)
  sqlite.close()
}
