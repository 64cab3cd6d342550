import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CommitQueue } from '../../src/stores/sqlite/commit-queue.ts'
import { openFile } from '../../src/stores/sqlite/connection.ts'
import { temporaryDatabase } from '../support/files.ts'

function queueOn(path = temporaryDatabase()) {
  const sqlite = openFile(path)
  sqlite.exec('CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL)')
  const failures: number[] = []
  const queue = new CommitQueue(sqlite, () => failures.push(1))
  const insert = sqlite.prepare('INSERT INTO things (name) VALUES (?)')
  const other = new Database(path)
  onTestFinished(() => {
    sqlite.close()
    other.close()
  })
  return {
    sqlite,
    queue,
    failures,
    other,
    add: (name: string | null) => queue.run(() => Number(insert.run(name).lastInsertRowid)),
    /** What another connection sees. */
    seen: () => other.prepare('SELECT name FROM things ORDER BY id').pluck().all(),
    commits: () => other.pragma('data_version', { simple: true }),
  }
}

it('commits the writes of one turn together, and answers only then', async () => {
  const { add, seen, commits } = queueOn()
  const before = commits() as number
  const writes = ['a', 'b', 'c'].map(add)
  expect(seen()).toEqual([])
  expect(await writes[0]).toBe(1)
  expect(seen()).toEqual(['a', 'b', 'c'])
  expect(await Promise.all(writes)).toEqual([1, 2, 3])
  expect(commits()).toBe(before + 1)
})

it('a bad row fails alone', async () => {
  const { add, seen, failures } = queueOn()
  const results = await Promise.allSettled([add('a'), add(null), add('c')])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(seen()).toEqual(['a', 'c'])
  expect(failures).toEqual([])
})

it('a failed COMMIT fails its whole batch, and nothing is half done; the next one goes through', async () => {
  const { sqlite, queue, add, seen, failures } = queueOn()
  sqlite.exec(`CREATE TABLE parents (id INTEGER PRIMARY KEY);
    CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)`)
  const orphan = queue.run(() => sqlite.prepare('INSERT INTO children VALUES (7)').run())
  const results = await Promise.allSettled([add('a'), orphan, add('c')])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(seen()).toEqual([])
  expect(failures).toEqual([1])
  expect(await add('d')).toBe(1)
  expect(seen()).toEqual(['d'])
})

it('a full disk fails the batch, not the process', async () => {
  const { sqlite, queue, failures, add } = queueOn()
  sqlite.pragma('max_page_count = 4')
  const big = () =>
    queue.run(() => sqlite.prepare('INSERT INTO things (name) VALUES (hex(zeroblob(50000)))').run())
  await expect(big()).rejects.toMatchObject({ code: 'SQLITE_FULL' })
  expect(failures.length).toBeLessThanOrEqual(1)
  expect(await add('small')).toBe(1)
})

it('a locked database fails the batch', async () => {
  const { sqlite, other, add, failures } = queueOn()
  sqlite.pragma('busy_timeout = 20')
  other.exec('BEGIN IMMEDIATE')
  await expect(add('a')).rejects.toMatchObject({ code: 'SQLITE_BUSY' })
  other.exec('ROLLBACK')
  expect(failures).toEqual([])
  expect(await add('b')).toBe(1)
})

describe('a transaction of the host on the same connection', () => {
  it('is waited for', async () => {
    const { sqlite, add, seen, failures } = queueOn()
    sqlite.exec("BEGIN; INSERT INTO things (name) VALUES ('of the host')")
    const write = add('a')
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setTimeout(resolve))
    expect([sqlite.inTransaction, seen()]).toEqual([true, []])
    sqlite.exec('COMMIT')
    expect(await write).toBe(2)
    expect(seen()).toEqual(['of the host', 'a'])
    expect(failures).toEqual([])
  })

  it('is left alone where it takes too long, and the next write goes through', async () => {
    const { sqlite, add, seen } = queueOn()
    sqlite.pragma('busy_timeout = 20')
    sqlite.exec("BEGIN; INSERT INTO things (name) VALUES ('of the host')")
    const results = await Promise.allSettled([add('a'), add('b')])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    sqlite.exec('COMMIT')
    expect(await add('c')).toBe(2)
    expect(seen()).toEqual(['of the host', 'c'])
  })
})

it('a batch that cannot even be undone fails, and not the process', async () => {
  const { sqlite, queue, add, failures } = queueOn()
  // While rows are being read, this connection neither commits nor rolls back.
  let rows: Iterator<unknown> | undefined
  const readingRows = queue.run(() => {
    rows = sqlite.prepare('SELECT 1').iterate()
  })
  const results = await Promise.allSettled([add('a'), readingRows])
  rows?.return?.()
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(failures).toEqual([1])
})

it('keeps the WAL bounded', async () => {
  const { sqlite, add } = queueOn()
  for (let turn = 0; turn < 1_500; turn += 1) await add('x'.repeat(1_000))
  const [{ log = 0 } = {}] = sqlite.pragma('wal_checkpoint(PASSIVE)') as { log: number }[]
  expect(log).toBeLessThan(1_500)
})
