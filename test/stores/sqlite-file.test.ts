import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ConfigurationError } from '../../src/protocol/errors.ts'
import { openSessionStore } from '../../src/stores/open.ts'
import { migrateTables, openFile } from '../../src/stores/sqlite/connection.ts'
import type { SessionStore } from '../../src/stores/store.ts'
import { temporaryDatabase, temporaryFolder } from '../support/files.ts'
import { recordOf, T0 } from '../support/records.ts'

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8)
}

async function open(database: unknown) {
  const store = await openSessionStore(database)
  onTestFinished(() => store.close())
  return store
}

async function errorOf(act: () => Promise<unknown>): Promise<ConfigurationError> {
  try {
    await act()
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
  return expect.fail('nothing was thrown')
}

describe('a SQLite file', () => {
  it.each([
    ['journal_mode', 'wal'],
    ['synchronous', 2],
    ['foreign_keys', 1],
    ['busy_timeout', 5_000],
  ])('is opened with %s = %s', (pragma, expected) => {
    const sqlite = openFile(temporaryDatabase())
    expect(sqlite.pragma(pragma, { simple: true })).toBe(expected)
    sqlite.close()
  })

  it('is readable by its owner alone, and so are the files beside it, whatever the umask', async () => {
    const path = temporaryDatabase()
    const store = await open(path)
    await store.create(recordOf())
    expect([path, `${path}-wal`, `${path}-shm`].map(modeOf)).toEqual(['600', '600', '600'])
  })

  it('is readable by its owner alone where it is made through a link', async () => {
    const path = temporaryDatabase()
    const link = `${path}.link`
    symlinkSync(path, link)
    openFile(link).close()
    expect(modeOf(path)).toBe('600')
  })

  it('keeps the mode that its owner gave it', () => {
    const path = temporaryDatabase()
    openFile(path).close()
    chmodSync(path, 0o640)
    openFile(path).close()
    expect(modeOf(path)).toBe('640')
  })

  it.each([
    ['a path', (path: string) => path],
    ['file:', (path: string) => `file:${path}`],
    ['file://', (path: string) => `file://${path}`],
    ['FILE:', (path: string) => `FILE:${path}`],
  ])('is named by %s', async (_, nameOf) => {
    const path = temporaryDatabase()
    const store = await open(nameOf(path))
    await store.create(recordOf())
    expect(statSync(path).isFile()).toBe(true)
  })

  it('refuses a record that refers to a user agent which is not there', () => {
    const sqlite = openFile(temporaryDatabase())
    migrateTables(sqlite, 'sessions')
    const insert = sqlite.prepare(
      `INSERT INTO sliding_sessions (jti, user_id, user_key, ip, user_agent_id, valid, created_at, updated_at, issued, seen, floor)
       VALUES (x'00', 'ada', x'00', '', 99, 1, 0, 0, 0, 0, 0)`,
    )
    expect(() => insert.run()).toThrow(/FOREIGN KEY/)
    sqlite.close()
  })
})

describe('a file that is not where its name says', () => {
  async function expectNews(one: SessionStore, path: string) {
    const record = recordOf()
    await one.create(record)
    await (await open(path)).revoke({ jti: record.jti }, 'admin', T0)
    expect(one.peek(record.jti)?.valid).toBe(false)
  }

  it('as it is a link', async () => {
    const path = temporaryDatabase()
    const link = join(temporaryFolder(), 'link.db')
    symlinkSync(path, link)
    await expectNews(await open(link), path)
  })

  it('as the host went to another folder since it opened it', async () => {
    const path = temporaryDatabase()
    const folder = process.cwd()
    onTestFinished(() => process.chdir(folder))
    process.chdir(dirname(path))
    const sqlite = new Database(basename(path))
    sqlite.pragma('journal_mode = WAL')
    onTestFinished(() => {
      sqlite.close()
    })
    process.chdir(folder)
    await expectNews(await open(sqlite), path)
  })
})

describe('what cannot be opened', () => {
  it('a file whose tables cannot be made, which is closed again', async () => {
    const path = temporaryDatabase()
    const sqlite = openFile(path)
    sqlite.exec('CREATE TABLE sliding_sessions (of_another)')
    sqlite.close()
    const error = await errorOf(() => openSessionStore(path))
    expect(error.got).toMatch(/^a database whose tables cannot be made/)
    const alone = new Database(path, { timeout: 0 })
    expect(alone.pragma('journal_mode = DELETE', { simple: true })).toBe('delete')
    alone.close()
  })

  it('a file in a folder that is not there', async () => {
    const path = join(temporaryFolder(), 'missing', 'sessions.db')
    const error = await errorOf(() => openSessionStore(path))
    expect(error).toMatchObject({ option: 'database' })
    expect(error.got).toMatch(/^".+", which cannot be opened \(ENOENT/)
  })

  it('a folder', async () => {
    const error = await errorOf(() => openSessionStore(temporaryFolder()))
    expect(error.got).toMatch(/which cannot be opened/)
  })

  it('a file that is no database, which stays as it was', async () => {
    const path = join(temporaryFolder(), 'notes.txt')
    const text = 'Dear diary, this is no database. '.repeat(100)
    writeFileSync(path, text)
    const error = await errorOf(() => openSessionStore(path))
    expect(error.got).toMatch(/which cannot be opened \(file is not a database\)/)
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  it.each([
    ['nothing', undefined, 'nothing'],
    ['null', null, 'null'],
    ['an empty path', '', '""'],
    ['another scheme', 'mysql://ada:hunter2@localhost/db', 'the scheme mysql:'],
    ['a number', 7, '7'],
    ['an object', {}, 'an object'],
    ['half a store', { peek: () => undefined, find: async () => undefined }, 'an object'],
  ])('%s', async (_, database, got) => {
    const error = await errorOf(() => openSessionStore(database))
    expect(error).toMatchObject({ option: 'database', got })
    expect(error.message).not.toContain('hunter2')
  })
})

describe('migrations', () => {
  it('run once, however often the file is opened', async () => {
    const path = temporaryDatabase()
    const record = recordOf()
    const first = await open(path)
    await first.create(record)
    const second = await open(path)
    expect(await second.find(record.jti)).toEqual(record)
    const sqlite = new Database(path, { readonly: true })
    const journal = JSON.parse(
      readFileSync(new URL('../../drizzle/sqlite/sessions/meta/_journal.json', import.meta.url), 'utf8'),
    )
    const { count } = sqlite
      .prepare<[], { count: number }>('SELECT count(*) AS count FROM sliding_migrations_sessions')
      .get() ?? { count: -1 }
    sqlite.close()
    expect(count).toBe(journal.entries.length)
  })

  it('find the sessions of a user whose key was longer once', async () => {
    const path = temporaryDatabase()
    const record = recordOf()
    const store = await open(path)
    await store.create(record)
    await store.close()
    const longKey = createHash('sha256').update(record.userId).digest().subarray(0, 5)
    const sqlite = new Database(path)
    sqlite.prepare('UPDATE sliding_sessions SET user_key = ?').run(longKey)
    sqlite.exec('DELETE FROM sliding_migrations_sessions WHERE rowid > 1')
    sqlite.close()
    const migrated = await open(path)
    expect(await migrated.list(record.userId)).toEqual([record])
    expect(await migrated.revoke({ userId: record.userId }, 'admin', record.createdAt)).toBe(1)
  })

  it('are run by several processes at once, and each of them goes on', { timeout: 30_000 }, async () => {
    const path = temporaryDatabase()
    const openers = Array.from({ length: 4 }, () => startOpener(path))
    await Promise.all(openers.map(({ ready }) => ready))
    for (const { child } of openers) child.stdin?.end('go\n')
    expect(await Promise.all(openers.map(({ ended }) => ended))).toEqual(
      [0, 0, 0, 0].map((code) => ({ code, errors: '' })),
    )
    const store = await open(path)
    expect(await store.list('ada')).toHaveLength(4)
  })
})

describe('a file that another process writes', () => {
  it('is waited for, although the switch to WAL does not wait by itself', async () => {
    const path = temporaryDatabase()
    const writer = spawn(process.execPath, [pathOf('./writer.ts'), path, '300'], { stdio: 'pipe' })
    const closed = once(writer, 'close')
    await once(writer.stdout, 'data')
    openFile(path).close()
    expect(await closed).toEqual([0, null])
  })
})

function pathOf(script: string): string {
  return fileURLToPath(new URL(script, import.meta.url))
}

interface Opener {
  readonly child: ChildProcess
  readonly ready: Promise<unknown>
  readonly ended: Promise<{ code: unknown; errors: string }>
}

function startOpener(path: string): Opener {
  const child = spawn(process.execPath, [pathOf('./opener.ts'), path], {
    stdio: 'pipe',
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const ended = once(child, 'close').then(([code]) => ({ code, errors }))
  return { child, ready: once(child.stdout, 'data'), ended }
}

describe('a Database that the host opened', () => {
  function hostDatabase(path = ':memory:') {
    const sqlite = new Database(path)
    onTestFinished(() => {
      sqlite.close()
    })
    sqlite.exec(
      `CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT); INSERT INTO users VALUES ('ada', 'Ada')`,
    )
    return sqlite
  }

  it('is left open by close', async () => {
    const sqlite = hostDatabase()
    const store = await openSessionStore(sqlite)
    await store.create(recordOf())
    await store.close()
    expect(sqlite.open).toBe(true)
    expect(sqlite.prepare('SELECT count(*) FROM sliding_sessions').pluck().get()).toBe(1)
  })

  it('keeps its own tables and settings', async () => {
    const sqlite = hostDatabase(temporaryDatabase())
    const settings = () =>
      ['journal_mode', 'synchronous', 'foreign_keys', 'user_version'].map((name) => sqlite.pragma(name))
    const before = settings()
    const store = await openSessionStore(sqlite)
    await store.create(recordOf())
    await store.revoke({ userId: 'ada' }, 'admin', T0)
    await store.prune({ createdAt: T0, updatedAt: T0, revokedAt: T0 }, T0)
    expect(sqlite.prepare('SELECT * FROM users').all()).toEqual([{ id: 'ada', name: 'Ada' }])
    expect(settings()).toEqual(before)
  })

  it('gets tables of the prefix sliding_ alone', async () => {
    const sqlite = hostDatabase()
    await openSessionStore(sqlite)
    const names = sqlite
      .prepare("SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
      .pluck()
      .all()
    expect(names.filter((name) => !String(name).startsWith('sliding_'))).toEqual(['users'])
    expect(names).toContain('sliding_sessions')
  })

  it('may serve two stores', async () => {
    const sqlite = hostDatabase()
    const [one, other] = [await openSessionStore(sqlite), await openSessionStore(sqlite)]
    const record = recordOf()
    await one.create(record)
    await other.revoke({ jti: record.jti }, 'admin', T0)
    expect(one.peek(record.jti)?.valid ?? false).toBe(false)
    expect((await one.find(record.jti))?.valid).toBe(false)
  })

  it('may have its foreign keys off', async () => {
    const sqlite = hostDatabase()
    sqlite.pragma('foreign_keys = OFF')
    const store = await openSessionStore(sqlite)
    const record = recordOf()
    await store.create(record)
    expect(await store.find(record.jti)).toEqual(record)
  })

  it('that only reads is refused', async () => {
    const path = temporaryDatabase()
    new Database(path).close()
    const sqlite = new Database(path, { readonly: true })
    onTestFinished(() => {
      sqlite.close()
    })
    const error = await errorOf(() => openSessionStore(sqlite))
    expect(error.message).toBe(
      'database: got a database whose tables cannot be made (attempt to write a readonly database), takes a database that can be written',
    )
  })
})
