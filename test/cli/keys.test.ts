import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { generateKey, type SessionRecord, type SigningJwk, slidingSession } from '../../src/index.ts'
import { openServerDatabase } from '../../src/stores/open.ts'
import { DAY, HOUR, MINUTE, recordOf } from '../support/records.ts'
import { cli } from './run.ts'

const NOW = Date.now()

/** A key that has signed since some time before now. */
function keyOf(kid: string, age?: number): SigningJwk {
  const starts = age === undefined ? undefined : new Date(NOW - age).toISOString()
  return { ...generateKey('HS256'), kid, ...(starts !== undefined && { starts }) }
}

/** A command line with a key file, and with a database of sessions of these ages. */
async function withKeys(keys: readonly SigningJwk[], renewedBefore: readonly number[] = []) {
  const { run, database } = cli()
  const path = `${database}.keys.json`
  writeFileSync(path, JSON.stringify({ keys }), { mode: 0o600 })
  await addSessions(
    database,
    renewedBefore.map((age) => ({ createdAt: NOW - age, updatedAt: NOW - age })),
  )
  return {
    path,
    /** Runs a command; answers with what it printed for machines. */
    async json(words: string) {
      const { exit, output, error } = await run(`${words} --json`)
      return { exit, ...JSON.parse(exit === 0 ? output : error) }
    },
    run,
    kids: () => JSON.parse(readFileSync(path, 'utf8')).keys.map(({ kid }: SigningJwk) => kid),
  }
}

async function addSessions(path: string, changes: readonly Partial<SessionRecord>[]): Promise<void> {
  const database = await openServerDatabase(path)
  for (const change of changes) await database.sessions.create(recordOf(change))
  await database.close()
}

describe('keys add', () => {
  test('makes the file, for its owner alone, with a key that a server takes', async () => {
    const { run, database } = cli()
    const { exit, output } = await run('keys add --starts 0')
    expect(exit).toBe(0)
    expect(output).toMatch(/^Added HS256 key [0-9a-f]{12}\. It signs from .+ UTC on; every server must have/)
    const path = `${database}.keys.json`
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const text = readFileSync(path, 'utf8')
    expect(output).not.toContain(JSON.parse(text).keys[0].k)
    const sessions = await slidingSession({ keys: JSON.parse(text), database: ':memory:' })
    await sessions.close()
  })

  test.each(['HS256', 'ES256', 'RS256'])('makes keys for %s, which sign in 10 minutes', async (alg) => {
    const { json } = await withKeys([keyOf('old')])
    const { exit, keys } = await json(`keys add --alg ${alg}`)
    expect(exit).toBe(0)
    expect(keys).toMatchObject([
      { kid: 'old', alg: 'HS256', state: 'signing' },
      { alg, state: 'waiting', signsUntil: null },
    ])
    const starts = Date.parse(keys[1].signsFrom) - 10 * MINUTE
    expect(starts).toBeGreaterThanOrEqual(NOW)
    expect(starts).toBeLessThanOrEqual(Date.now())
  })

  test('takes a time, and keeps the file in the order of start times', async () => {
    const { json, kids } = await withKeys([keyOf('old')])
    const later = new Date(NOW + 2 * DAY).toISOString()
    const { keys } = await json(`keys add --starts ${later}`)
    expect(keys[1]).toMatchObject({ signsFrom: later, state: 'waiting' })
    await json('keys add --starts 1d')
    expect(kids()).toEqual(['old', expect.any(String), keys[1].kid])
  })

  test('works on the file that JWT_KEYS names, and on no other', async () => {
    const { run, database } = cli()
    const path = `${database}.elsewhere.json`
    await run('keys add', { environment: { JWT_KEYS: path } })
    expect([existsSync(path), existsSync(`${database}.keys.json`)]).toEqual([true, false])
  })

  test.each([
    ['keys add --alg none', '--alg takes HS256, ES256, RS256'],
    ['keys add --starts soon', '--starts takes a duration such as 10m, or a time'],
    ['keys add --starts 2020-01-01T00:00:00Z', '--starts takes a duration such as 10m, or a time'],
    ['keys rotate --alg ES384', '--alg takes HS256, ES256, RS256'],
    ['keys retire', 'keys retire takes KID'],
  ])('"%s" is called wrongly', async (words, message) => {
    const { run, kids } = await withKeys([keyOf('old')])
    const { exit, error } = await run(words)
    expect(exit).toBe(2)
    expect(error).toContain(message)
    expect(kids()).toEqual(['old'])
  })

  test.each([
    [{ JWT_SECRET: 'a secret of more than thirty-two bytes' }, 'the key is JWT_SECRET'],
    [{ DATABASE_URL: ':memory:' }, 'a database in memory has no key file'],
    [{ DATABASE_URL: 'postgres://db.internal/x' }, 'a PostgreSQL database has no key file beside it'],
  ])('without a key file there is nothing to do: %o', async (environment, message) => {
    const { exit, error } = await cli().run('keys list --json', { environment })
    expect({ exit, code: JSON.parse(error).error.code }).toEqual({ exit: 1, code: 'conflict' })
    expect(error).toContain(message)
  })

  test('a broken file is not touched', async () => {
    const { path, json } = await withKeys([])
    for (const content of ['{', '{"keys": [{"kid": "a"}]}']) {
      writeFileSync(path, content)
      expect(await json('keys add')).toMatchObject({ exit: 2, error: { code: 'option_invalid' } })
      expect(readFileSync(path, 'utf8')).toBe(content)
    }
  })
})

describe('keys list', () => {
  test('shows what each is good for, and nothing secret', async () => {
    const { run, path } = await withKeys([keyOf('old', DAY), keyOf('now', HOUR), keyOf('next', -HOUR)])
    const { output } = await run('keys list')
    expect(output.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
      ['KID', 'ALG', 'STATE'],
      ['old', 'HS256', 'verifying'],
      ['now', 'HS256', 'signing'],
      ['next', 'HS256', 'waiting'],
      [''],
    ])
    const machine = (await run('keys list --json')).output
    for (const { k } of JSON.parse(readFileSync(path, 'utf8')).keys) expect(output + machine).not.toContain(k)
  })

  test('fails where there is no file', async () => {
    const { exit, error } = await cli().run('keys list')
    expect(exit).toBe(2)
    expect(error).toContain('JWT_KEYS: got')
    expect(error).toContain('a file that cannot be read (ENOENT)')
  })
})

describe('keys rotate', () => {
  test('adds a key like the newest, and drops what no session can need any more', async () => {
    const keys = [keyOf('ancient'), keyOf('old', 31 * DAY), { ...generateKey('ES256'), kid: 'now' }]
    const starts = new Date(NOW - 30 * DAY - HOUR).toISOString()
    const { json, kids } = await withKeys([keys[0], keys[1], { ...keys[2], starts }] as SigningJwk[])
    const { exit, dropped, keys: left } = await json('keys rotate')
    expect({ exit, dropped }).toEqual({ exit: 0, dropped: ['ancient', 'old'] })
    expect(left).toMatchObject([
      { kid: 'now', state: 'signing' },
      { alg: 'ES256', state: 'waiting' },
    ])
    expect(kids()[0]).toBe('now')
  })

  test('drops nothing that a session within its maximum age may need', async () => {
    const { json } = await withKeys([keyOf('old'), keyOf('now', 30 * DAY)])
    expect((await json('keys rotate')).dropped).toEqual([])
    expect((await json('keys rotate --max-age 29d')).dropped).toEqual(['old'])
  })

  test('fails where there is no file', async () => {
    const { run, database } = cli()
    expect((await run('keys rotate')).exit).toBe(2)
    expect(existsSync(`${database}.keys.json`)).toBe(false)
  })
})

describe('keys retire', () => {
  /** `old` signed until 3 days ago, `now` since then. */
  const TWO = () => [keyOf('old', 20 * DAY), keyOf('now', 3 * DAY)]

  test('is refused while live sessions need the key, with their number and the day', async () => {
    const { json, run, kids } = await withKeys(TWO(), [DAY, 4 * DAY, 5 * DAY, 8 * DAY])
    const { exit, error } = await json('keys retire old')
    expect({ exit, code: error.code }).toEqual({ exit: 1, code: 'conflict' })
    const day = new Date(NOW + 4 * DAY + MINUTE).toISOString().slice(0, 16).replace('T', ' ')
    expect(error.message).toBe(
      `key old may have signed the token of 2 live sessions, which would end; it must outlive IDLE_TIMEOUT (7d), until ${day} UTC. --force retires it all the same`,
    )
    expect(kids()).toEqual(['old', 'now'])
    expect((await run('keys retire old --force')).output).toBe('Retired key old.\n')
    expect(kids()).toEqual(['now'])
  })

  test.each([
    ['no session was renewed while it signed', [DAY, 2 * DAY], {}],
    ['they are idle for too long', [8 * DAY, 9 * DAY], {}],
    ['the idle time-out is shorter', [4 * DAY], { IDLE_TIMEOUT: '3d' }],
    ['they are over their maximum age', [4 * DAY], { MAX_AGE: '4d' }],
    ['there is no session', [], {}],
  ])('is done where %s', async (_, ages, environment) => {
    const { run, kids } = await withKeys(TWO(), ages)
    expect(await run('keys retire old', { environment })).toMatchObject({ exit: 0, error: '' })
    expect(kids()).toEqual(['now'])
  })

  test('counts sessions that a server may have signed with the key while it learned of the new one', async () => {
    const { json } = await withKeys(TWO(), [3 * DAY - 30_000, 3 * DAY - 90_000])
    expect((await json('keys retire old')).error.message).toContain('of 1 live session,')
  })

  test('counts all sessions where nobody knows when a newer key took over', async () => {
    const { json } = await withKeys([keyOf('old'), keyOf('now')], [0, DAY, 6 * DAY, 8 * DAY])
    const { error } = await json('keys retire old')
    expect(error.message).toContain(
      'of 3 live sessions, which would end; it must outlive IDLE_TIMEOUT (7d). ',
    )
  })

  test('is refused for the key that signs, with --force, too', async () => {
    const { json, kids } = await withKeys(TWO())
    for (const words of ['keys retire now', 'keys retire now --force']) {
      const { exit, error } = await json(words)
      expect({ exit, code: error.code }).toEqual({ exit: 1, code: 'conflict' })
      expect(error.message).toContain('first let another one sign')
    }
    expect(kids()).toEqual(['old', 'now'])
  })

  test('takes away a key that has not begun, whatever there is', async () => {
    const { run, kids } = await withKeys([...TWO(), keyOf('next', -DAY)], [0])
    expect((await run('keys retire next')).exit).toBe(0)
    expect(kids()).toEqual(['old', 'now'])
  })

  test('a stolen key is replaced at once by two commands', async () => {
    const { json, kids } = await withKeys([keyOf('stolen')], [0, DAY])
    const { keys } = await json('keys rotate --starts 0')
    expect(await json('keys retire stolen --force')).toMatchObject({ exit: 0 })
    expect(kids()).toEqual([keys[1].kid])
  })

  test('of an unknown key, or without the database that would tell, fails', async () => {
    const { json } = await withKeys(TWO())
    expect(await json('keys retire other')).toMatchObject({ exit: 1, error: { code: 'not_found' } })
    const { run, database } = cli()
    writeFileSync(`${database}.keys.json`, JSON.stringify({ keys: TWO() }))
    expect((await run('keys retire old')).error).toContain('there is no database')
    expect((await run('keys retire old --force')).exit).toBe(0)
  })
})
