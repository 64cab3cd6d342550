import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openServerDatabase, openSessionStore } from '../../src/stores/open.ts'
import { emptyPostgres, hasPostgres, query } from '../support/postgres.ts'
import { recordOf, T0 } from '../support/records.ts'

const execute = promisify(execFile)

async function open(database: unknown) {
  const store = await openSessionStore(database)
  onTestFinished(() => store.close())
  return store
}

async function errorOf(database: unknown): Promise<Error> {
  return openSessionStore(database).then(
    () => expect.fail('nothing was thrown'),
    (error) => error,
  )
}

function poolOn(connectionString: string, max = 4): pg.Pool {
  const pool = new pg.Pool({ connectionString, max })
  pool.on('error', () => undefined)
  onTestFinished(() => pool.end())
  return pool
}

describe('what cannot be opened', () => {
  it.each([
    ['a server that is not there', 'postgres://ada:hunter2@127.0.0.1:1/db', 'postgres://127.0.0.1:1/db'],
    ['the other name of the scheme', 'postgresql://ada:hunter2@127.0.0.1:1/db', 'postgres://127.0.0.1:1/db'],
    ['what is no URL', 'postgres://[', 'a PostgreSQL URL'],
    ['a pool of one', 'postgres://ada:hunter2@127.0.0.1:1/db?max=1', 'postgres://127.0.0.1:1/db'],
    ['a pool of nonsense', 'postgres://ada:hunter2@127.0.0.1:1/db?max=x', 'postgres://127.0.0.1:1/db'],
  ])('%s; the password is not told', async (_, url, name) => {
    const error = await errorOf(url)
    expect(error).toMatchObject({ name: 'ConfigurationError', option: 'database' })
    expect(error.message).toContain(`got ${name}, w`)
    expect(JSON.stringify(error) + error.message + error.stack).not.toContain('hunter2')
  })

  it('a client that is no pool', async () => {
    expect(await errorOf(new pg.Client())).toMatchObject({ name: 'ConfigurationError', got: 'an object' })
  })
})

it('who keeps sessions in SQLite loads nothing of PostgreSQL', async () => {
  const script = `
    import { createRequire } from 'node:module'
    const { slidingSession } = await import('./src/index.ts')
    const sessions = await slidingSession({ secret: 'x'.repeat(32), database: ':memory:' })
    await sessions.close()
    const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => /node_modules.pg/.test(path))
    console.log(JSON.stringify(loaded))`
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', script], { cwd })
  expect(JSON.parse(stdout)).toEqual([])
})

describe.skipIf(!hasPostgres)('a PostgreSQL database', () => {
  it('is opened by 20 at once while it is empty, and each can write', async () => {
    const url = await emptyPostgres()
    const stores = await Promise.all(Array.from({ length: 10 }, () => open(url)))
    const servers = await Promise.all(Array.from({ length: 10 }, () => openServerDatabase(url)))
    for (const server of servers) onTestFinished(() => server.close())
    await Promise.all(
      [...stores, ...servers.map(({ sessions }) => sessions)].map((store) => store.create(recordOf())),
    )
    expect(await stores[0]?.list('ada')).toHaveLength(20)
    expect(await query(url, 'SELECT count(*)::integer FROM sliding_migrations_sessions')).toEqual([1])
  })

  it('gets tables of the prefix sliding_ alone, in the first schema of its search path', async () => {
    const url = await emptyPostgres()
    const server = await openServerDatabase(url)
    onTestFinished(() => server.close())
    const names = await query(
      url,
      'SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace',
    )
    expect(names).toContain('sliding_sessions')
    expect(names.filter((name) => !String(name).startsWith('sliding_'))).toEqual([])
  })

  it('that may only be read is refused', async () => {
    const url = new URL(await emptyPostgres())
    url.searchParams.set('options', `${url.searchParams.get('options')} -c default_transaction_read_only=on`)
    const error = await errorOf(url.href)
    expect(error.message).toMatch(/^database: got a database whose tables cannot be made \(.*read-only/)
  })

  it('that is a standby is refused: what it knows of revocations is late', async () => {
    const url = new URL(await emptyPostgres())
    // What stands before pg_catalog in the search path is found first.
    url.searchParams.set('options', `${url.searchParams.get('options')},pg_catalog`)
    await query(
      url.href,
      'CREATE FUNCTION pg_is_in_recovery() RETURNS boolean LANGUAGE sql AS $$ SELECT true $$',
    )
    expect((await errorOf(url.href)).message).toContain('which cannot be reached (this server is a standby)')
    await query(
      url.href,
      'CREATE OR REPLACE FUNCTION pg_is_in_recovery() RETURNS boolean LANGUAGE sql AS $$ SELECT false $$',
    )
    await open(url.href)
  })

  it('a renewal leaves the row on its page, and no index learns of it', async () => {
    const url = await emptyPostgres()
    const store = await open(url)
    const records = Array.from({ length: 200 }, () => recordOf())
    await Promise.all(records.map((record) => store.create(record)))
    const sizes = () =>
      query(
        url,
        `SELECT pg_indexes_size('sliding_sessions')::integer + pg_relation_size('sliding_sessions')::integer`,
      )
    const before = await sizes()
    for (let issued = 0; issued < 40; issued += 1) {
      const lineage = { issued: issued + 1, seen: 0, floor: 0, parent: 0 }
      const renewals = records.map(({ jti, ip, userAgent }) =>
        store.renew({
          jti,
          expected: { issued, seen: 0 },
          lineage,
          at: T0 + issued,
          client: { ip, userAgent },
        }),
      )
      expect(await Promise.all(renewals)).not.toContain(false)
    }
    const [after] = await sizes()
    expect(after).toBeLessThan(Number(before[0]) * 3)
  })
})

describe.skipIf(!hasPostgres)('a Pool that the host opened', () => {
  it('is left open by close, and so are its connections to others', async () => {
    const pool = poolOn(await emptyPostgres())
    const store = await openSessionStore(pool)
    await store.create(recordOf())
    await store.close()
    const { rows } = await pool.query('SELECT count(*)::integer AS count FROM sliding_sessions')
    expect(rows).toEqual([{ count: 1 }])
    await expect.poll(() => pool.totalCount - pool.idleCount).toBe(0)
  })

  it('of one connection is refused, as that one would listen for good', async () => {
    const pool = poolOn(await emptyPostgres(), 1)
    expect(await errorOf(pool)).toMatchObject({ option: 'database', got: 'a Pool of one connection' })
  })

  it('may serve two stores', async () => {
    const pool = poolOn(await emptyPostgres())
    const [one, other] = [await open(pool), await open(pool)]
    const record = recordOf()
    await one.create(record)
    await other.revoke({ jti: record.jti }, 'admin', T0)
    await expect.poll(() => one.peek(record.jti)?.valid ?? false).toBe(false)
    expect((await one.find(record.jti))?.valid).toBe(false)
  })
})
