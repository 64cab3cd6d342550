import { describe, expect, it } from 'vitest'
import { openSessionStore } from '../../src/stores/open.ts'
import { cli } from '../cli/run.ts'
import { emptyPostgres, hasPostgres } from '../support/postgres.ts'
import { recordOf } from '../support/records.ts'

describe('sliding-jwt with a PostgreSQL URL', () => {
  it('says in one line that a database cannot be reached', async () => {
    const environment = { DATABASE_URL: 'postgres://ada:hunter2@127.0.0.1:1/db' }
    const { exit, error } = await cli().run('user list', { environment })
    expect(exit).toBe(2)
    expect(error).toMatch(
      /^sliding-jwt: DATABASE_URL: got postgres:\/\/127\.0\.0\.1:1\/db, which cannot be reached .*\n$/,
    )
  })

  it.skipIf(!hasPostgres)('has users and sessions there, and beside a running server', async () => {
    const { run } = cli()
    const environment = { DATABASE_URL: await emptyPostgres() }
    const added = await run('user add anna --json', { input: 'correct horse battery', environment })
    const { id } = JSON.parse(added.output).user
    const store = await openSessionStore(environment.DATABASE_URL)
    const record = recordOf({ userId: id, createdAt: Date.now(), updatedAt: Date.now() })
    await store.create(record)
    expect((await run('sessions revoke-all anna --json', { environment })).output).toBe('{"revoked":1}\n')
    await expect.poll(() => store.peek(record.jti)?.valid, { timeout: 10_000, interval: 5 }).toBe(false)
    expect((await run('prune --json', { environment })).output).toBe('{"pruned":1}\n')
    await store.close()
  })

  it.skipIf(!hasPostgres)('does not make keys of its own beside it', async () => {
    const environment = { DATABASE_URL: await emptyPostgres(), PORT: '0' }
    const { exit, error } = await cli().run('serve', { environment })
    expect(exit).toBe(2)
    expect(error).toContain(
      'JWT_KEYS: got nothing, takes a key file (or give JWT_SECRET), the same for all servers',
    )
  })

  const SECRET = 'a secret of the tests, 32 bytes or more'

  it.skipIf(!hasPostgres).each([
    ['an empty one', false, { tables: 'warning' }, 0],
    ['one with tables', true, { tables: 'ok' }, 0],
  ])('doctor looks at a database: %s', async (_what, isMade, states, exit) => {
    const { run } = cli()
    const environment = { DATABASE_URL: await emptyPostgres(), JWT_SECRET: SECRET }
    if (isMade) await run('user list', { environment })
    const ran = await run('doctor --json', { environment })
    const found = JSON.parse(ran.output).findings as { check: string; state: string; found: string }[]
    const stateOf = (check: string) => found.find((finding) => finding.check === check)?.state
    expect(stateOf('database')).toBe('ok')
    expect(stateOf('clock')).toBe('ok')
    expect(stateOf('keys')).toBe('ok')
    expect(stateOf('tables')).toBe(states.tables)
    expect(ran).toMatchObject({ exit, error: '' })
  })

  it('doctor says that a database cannot be reached, and that keys are missing, without the password', async () => {
    const environment = { DATABASE_URL: 'postgres://ada:hunter2@127.0.0.1:1/db' }
    const { exit, output } = await cli().run('doctor --json', { environment })
    const { findings } = JSON.parse(output) as { findings: { check: string; state: string }[] }
    const wrong = findings.filter(({ state }) => state === 'wrong').map(({ check }) => check)
    expect(wrong).toEqual(['database', 'keys'])
    expect(exit).toBe(1)
    expect(output).not.toContain('hunter2')
  })

  it('backup leaves it to others', async () => {
    const environment = { DATABASE_URL: 'postgres://ada:hunter2@127.0.0.1:1/db' }
    const { exit, output, error } = await cli().run('backup copy.db --json', { environment })
    expect(exit).toBe(1)
    expect(output + error).toContain('not_supported')
    expect(output + error).toContain('pg_dump')
  })
})
