import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/cli/doctor/finding.ts'
import type { SigningJwk } from '../../src/index.ts'
import { readOrMakeKeyFile } from '../../src/server/key-file.ts'
import { openSessionStore } from '../../src/stores/open.ts'
import { jwkOf } from '../support/keys.ts'
import { DAY, HOUR, recordOf } from '../support/records.ts'
import { cli } from './run.ts'

const PASSWORD = 'correct horse battery'
const SECRET = 'a secret of the tests, 32 bytes or more'

type Environment = Readonly<Record<string, string>>

/** A database with an admin, and keys, all in order. */
async function household() {
  const { run, database, folder } = cli()
  await run('user add root --role admin', { input: PASSWORD })
  readOrMakeKeyFile(`${database}.keys.json`)
  return {
    run,
    database,
    folder,
    keys: `${database}.keys.json`,
    async examine(environment: Environment = {}) {
      const { exit, output, error } = await run('doctor --json', { environment })
      const { ok, findings }: { ok: boolean; findings: Finding[] } = JSON.parse(output)
      expect({ error, ok }).toEqual({ error: '', ok: exit === 0 })
      const of = (check: string) => findings.filter((finding) => finding.check === check)
      return { exit, findings, of, states: (check: string) => of(check).map(({ state }) => state) }
    },
  }
}

/** Sessions that a store of a real host would have written. */
async function addSessions(database: string, count: number, changes: Parameters<typeof recordOf>[0]) {
  const store = await openSessionStore(database)
  for (let index = 0; index < count; index += 1) await store.create(recordOf(changes))
  await store.close()
}

describe('doctor', () => {
  it('finds nothing wrong where all is well', async () => {
    const { examine, run } = await household()
    const { exit, findings } = await examine()
    expect(exit).toBe(0)
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([])
    const checks = findings.map(({ check }) => check)
    expect(checks).toEqual([
      'node',
      'settings',
      'trust proxy',
      'database',
      'folder',
      'disk',
      'wal',
      'tables',
      'clock',
      'key file',
      'key age',
    ])
    const { output } = await run('doctor')
    expect(output).toMatch(/\nAll is well\.\n$/)
    expect(output).toMatch(/^ok\s+tables\s+.*users 1/m)
  })

  it('changes nothing: no tables, no keys, no database', async () => {
    const { run, database, folder } = cli()
    const { exit, output } = await run('doctor')
    expect(exit).toBe(0)
    expect(output).toContain('is not there yet')
    expect(existsSync(database)).toBe(false)
    const empty = join(folder, 'empty.db')
    writeFileSync(empty, '', { mode: 0o600 })
    const answered = await run(`doctor --json --database-url ${empty}`)
    expect(JSON.parse(answered.output).findings).toContainEqual(
      expect.objectContaining({ check: 'tables', state: 'warning', found: 'none yet' }),
    )
    expect([statSync(empty).size, existsSync(`${empty}.keys.json`)]).toEqual([0, false])
  })

  it.each<[string, Environment, string, string]>([
    ['a wrong setting', { TOKEN_TTL: 'soon' }, 'settings', 'wrong'],
    ['a webhook without a secret', { AUDIT_WEBHOOK_URL: 'https://example.org' }, 'settings', 'wrong'],
    ['TRUST_PROXY=true', { TRUST_PROXY: 'true', FINGERPRINT: 'off' }, 'trust proxy', 'warning'],
    ['the world without a proxy', { HOST: '0.0.0.0' }, 'trust proxy', 'warning'],
    ['the world behind a proxy', { HOST: '0.0.0.0', TRUST_PROXY: '1' }, 'trust proxy', 'ok'],
    ['every origin', { CORS_ORIGINS: '*' }, 'cors', 'warning'],
    [
      'events by plain http',
      { AUDIT_WEBHOOK_URL: 'http://example.org/hush', AUDIT_WEBHOOK_SECRET: SECRET },
      'webhook',
      'warning',
    ],
    [
      'events by https',
      { AUDIT_WEBHOOK_URL: 'https://example.org/hush', AUDIT_WEBHOOK_SECRET: SECRET },
      'webhook',
      'ok',
    ],
    ['sessions that are never renewed', { IDLE_TIMEOUT: '15m' }, 'idle timeout', 'warning'],
    ['a secret', { JWT_SECRET: SECRET }, 'keys', 'ok'],
    ['a key file that is not there', { JWT_KEYS: '/nowhere/keys.json' }, 'keys', 'wrong'],
    ['a database in memory', { DATABASE_URL: ':memory:' }, 'database', 'warning'],
  ])('of %s', async (_what, environment, check, state) => {
    const { examine } = await household()
    const { exit, states, of, findings } = await examine(environment)
    expect({ states: states(check), exit }).toEqual({ states: [state], exit: state === 'wrong' ? 1 : 0 })
    expect(of(check)[0]?.advice === undefined).toBe(state === 'ok')
    expect(JSON.stringify(findings)).not.toMatch(/hush|a secret of/)
  })

  it.each<[string, (home: Awaited<ReturnType<typeof household>>) => unknown, string, string]>([
    ['a database that others may read', ({ database }) => chmodSync(database, 0o644), 'database', 'wrong'],
    ['keys that others may read', ({ keys }) => chmodSync(keys, 0o640), 'key file', 'wrong'],
    ['keys that are no JSON', ({ keys }) => writeFileSync(keys, 'x'), 'key age', 'wrong'],
    ['keys that are old', ({ keys }) => age(keys, 400), 'key age', 'warning'],
    [
      'an old key in a file that was written since',
      ({ keys }) => writeFileSync(keys, JSON.stringify({ keys: [keyFrom(400)] })),
      'key age',
      'warning',
    ],
    [
      'a new key in a file that was put back',
      ({ keys }) => {
        writeFileSync(keys, JSON.stringify({ keys: [keyFrom(400), keyFrom(30)] }))
        age(keys, 400)
      },
      'key age',
      'ok',
    ],
    ['keys of last month', ({ keys }) => age(keys, 30), 'key age', 'ok'],
    ['a rollback journal', ({ database }) => leaveWal(database), 'wal', 'warning'],
    [
      'what is no database',
      ({ database }) => writeFileSync(database, 'x'.repeat(5_000)),
      'database',
      'wrong',
    ],
    [
      'a clock that was set back',
      ({ database }) => addSessions(database, 1, { createdAt: Date.now(), updatedAt: Date.now() + HOUR }),
      'clock',
      'wrong',
    ],
    [
      'clients that all seem to be here',
      ({ database }) => addSessions(database, 5, { ip: '127.0.0.1', updatedAt: Date.now() }),
      'addresses',
      'warning',
    ],
    [
      'clients from elsewhere',
      async ({ database }) => {
        await addSessions(database, 5, { ip: '127.0.0.1', updatedAt: Date.now() })
        await addSessions(database, 1, { ip: '192.0.2.1', updatedAt: Date.now() })
      },
      'addresses',
      '',
    ],
    ['a trail that nobody prunes', ({ database }) => agePast(database, 92), 'audit trail', 'warning'],
  ])('of %s', async (_what, prepare, check, state) => {
    const home = await household()
    await prepare(home)
    const { exit, states, of } = await home.examine()
    expect(states(check).at(-1) ?? '').toBe(state)
    expect(exit).toBe(state === 'wrong' ? 1 : 0)
    if (state === 'wrong' || state === 'warning') expect(of(check).at(-1)?.advice).toMatch(/\w/)
  })

  it('looks for the log beside the database, where a link stands for it', async () => {
    const { run, database, folder } = await household()
    const store = await openSessionStore(database)
    await store.create(recordOf())
    const link = join(folder, 'elsewhere.db')
    symlinkSync(database, link)
    const { output } = await run(`doctor --database-url ${link}`)
    await store.close()
    expect(output).toMatch(/wal +on, [1-9]/)
  })

  it('says so where nobody is an admin, or the folder is not there', async () => {
    const { run, folder } = cli()
    await run('user add anna', { input: PASSWORD })
    const { output } = await run('doctor')
    expect(output).toContain('admins: sliding-jwt user add NAME --role admin')
    expect(output).toMatch(/\nNothing is wrong; \d things to look at\.\n$/)
    const lost = await run(`doctor --database-url ${join(folder, 'lost', 'x.db')}`)
    expect(lost).toMatchObject({ exit: 1, output: expect.stringContaining('1 thing must be put right.') })
    mkdirSync(join(folder, 'lost'))
    expect((await run(`doctor --database-url ${join(folder, 'lost', 'x.db')}`)).exit).toBe(0)
  })
})

function keyFrom(days: number): SigningJwk {
  return jwkOf('HS256', { kid: `of ${days} days`, starts: new Date(Date.now() - days * DAY).toISOString() })
}

function age(path: string, days: number): void {
  const then = new Date(Date.now() - days * DAY)
  utimesSync(path, then, then)
}

function leaveWal(path: string): void {
  const sqlite = new Database(path)
  sqlite.pragma('journal_mode = DELETE')
  sqlite.close()
}

function agePast(path: string, days: number): void {
  const sqlite = new Database(path)
  sqlite.prepare('UPDATE sliding_events SET at = ?').run(Date.now() - days * DAY)
  sqlite.close()
}
