import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { cli } from './run.ts'

const PASSWORD = 'correct horse battery'

describe('sliding-jwt', () => {
  test.each(['--help', 'user add --help', 'serve --help', '--version'])(
    '%s answers and is done',
    async (words) => {
      const { exit, output, error } = await cli().run(words)
      expect({ exit, error }).toEqual({ exit: 0, error: '' })
      expect(output).not.toBe('')
    },
  )

  test('serve --help names every setting that may be a flag, and no password', async () => {
    const { output } = await cli().run('serve --help')
    expect(output).toContain('--token-ttl')
    expect(output).not.toMatch(/--\S*password/)
  })

  test.each([
    ['', 'a command is missing'],
    ['sesions list anna', 'there is no command sesions list anna'],
    ['user add', 'user add takes NAME'],
    ['user list anna', 'user list takes no arguments'],
    ['user', 'user is followed by add, list, disable, enable, or password'],
    ['user lst', 'user is followed by add'],
    ['user list --serch=a', 'user list has no option --serch; it takes --search, --database-url, --json'],
    ['user add anna --password=secret', 'user add has no option --password'],
    ['serve --jwt-secret=secret', 'JWT_SECRET: got'],
    ['user add anna --role=root', '--role takes user or admin'],
    ['prune --max-age=long', 'MAX_AGE: got "long"'],
    ['serve --port=http', 'PORT: got "http"'],
  ])('"%s" is called wrongly: exit code 2', async (words, message) => {
    const { exit, output, error } = await cli().run(words)
    expect({ exit, output }).toEqual({ exit: 2, output: '' })
    expect(error).toContain(`sliding-jwt: ${message}`)
  })

  test.each([
    ['user list', 'not_found'],
    ['sessions list anna', 'not_found'],
    ['prune', 'not_found'],
  ])('%s on a database that is not there fails and makes none', async (words, code) => {
    const { run, database } = cli()
    const { exit, error } = await run(`${words} --json`)
    expect({ exit, code: JSON.parse(error).error.code }).toEqual({ exit: 1, code })
    expect(existsSync(database)).toBe(false)
  })
})

describe('user', () => {
  test('add reads the password from standard input, and the first user can be an admin', async () => {
    const { run } = cli()
    const added = await run('user add anna --role admin --json', { input: `${PASSWORD}\nmore\n` })
    expect(added).toMatchObject({ exit: 0, error: '' })
    expect(JSON.parse(added.output).user).toMatchObject({ username: 'anna', role: 'admin', disabled: false })
    expect(added.output).not.toMatch(/password|argon2/i)
  })

  test.each([
    ['', 'body_invalid'],
    ['short\n', 'body_invalid'],
    ['anna-anna\n', 'body_invalid'],
  ])('a password that cannot be taken is refused', async (input, code) => {
    const { run } = cli()
    const { exit, error } = await run('user add anna-anna --json', { input })
    expect({ exit, code: JSON.parse(error).error.code }).toEqual({ exit: 1, code })
    expect(input === '' || !error.includes(input.trim()) || input.startsWith('anna')).toBe(true)
  })

  test('a name that is taken is a conflict', async () => {
    const { run } = cli()
    await run('user add anna', { input: PASSWORD })
    const { exit, error } = await run('user add ANNA --json', { input: PASSWORD })
    expect({ exit, code: JSON.parse(error).error.code }).toEqual({ exit: 1, code: 'conflict' })
  })

  test('list shows names in order, and all of them', async () => {
    const { run } = cli()
    for (const name of ['carl', 'anna', 'bert']) await run(`user add ${name}`, { input: PASSWORD })
    const { output } = await run('user list')
    expect(output.split('\n').map((line) => line.split(' ')[0])).toEqual(['NAME', 'anna', 'bert', 'carl', ''])
    expect(JSON.parse((await run('user list --search er --json')).output).users).toHaveLength(1)
  })

  test('disable and enable; an unknown name fails; the last admin stays', async () => {
    const { run } = cli()
    await run('user add root --role admin', { input: PASSWORD })
    await run('user add anna', { input: PASSWORD })
    expect(JSON.parse((await run('user disable anna --json')).output).user.disabled).toBe(true)
    expect(JSON.parse((await run('user enable anna --json')).output).user.disabled).toBe(false)
    expect(JSON.parse((await run('user disable nobody --json')).error).error.code).toBe('not_found')
    expect(JSON.parse((await run('user disable root --json')).error).error.code).toBe('conflict')
  })
})

describe('sessions', () => {
  test('list, revoke and revoke-all work on the rows of a running host', async () => {
    const { run, database } = cli()
    await run('user add anna', { input: PASSWORD })
    const anna = JSON.parse((await run('user list --json')).output).users[0].id
    const store = openSqliteStore(database)
    const jtis = await startThree(store, anna)

    const list = await run('sessions list anna --json')
    expect(
      JSON.parse(list.output)
        .sessions.map((session: { jti: string }) => session.jti)
        .sort(),
    ).toEqual(jtis)
    const { output } = await run('sessions list anna')
    expect(output).toContain('Firefox 140 on Linux')
    expect(output.match(/ - {2,}0$/gm)).toHaveLength(3)

    expect((await run(`sessions revoke ${jtis[0]} --json`)).output).toBe('{"revoked":1}\n')
    expect(store.peek(jtis[0] as string)?.valid).toBe(false)
    expect((await run(`sessions revoke ${jtis[0]} --json`)).output).toBe('{"revoked":0}\n')
    expect((await run('sessions revoke-all anna --json')).output).toBe('{"revoked":2}\n')
    expect(await store.find(jtis[1] as string)).toMatchObject({ valid: false, revokedReason: 'admin' })
    expect((await run('prune --json')).output).toBe('{"pruned":3}\n')
    await store.close()
  })

  test('an identifier that begins with a hyphen is no option', async () => {
    const { run } = cli()
    await run('user add anna', { input: PASSWORD })
    const { exit, error } = await run('sessions revoke -AAAAAAAAAAAAAAAAAAAAA --json')
    expect({ exit, code: JSON.parse(error).error.code }).toEqual({ exit: 1, code: 'not_found' })
  })

  test('disabling a user and setting a password end all sessions', async () => {
    const { run, database } = cli()
    await run('user add anna', { input: PASSWORD })
    const anna = JSON.parse((await run('user list --json')).output).users[0].id
    const store = openSqliteStore(database)
    const [first = ''] = await startThree(store, anna)
    await run('user password anna', { input: 'another fine password' })
    expect(await store.find(first)).toMatchObject({ valid: false, revokedReason: 'password_changed' })
    const [second = ''] = (await startThree(store, anna)).filter((jti) => store.peek(jti)?.valid)
    await run('user disable anna')
    expect(await store.find(second)).toMatchObject({ valid: false, revokedReason: 'user_disabled' })
    await store.close()
  })
})

async function startThree(store: ReturnType<typeof openSqliteStore>, userId: string): Promise<string[]> {
  const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
  const { randomBytes } = await import('node:crypto')
  const at = Date.now()
  const client = { ip: '192.0.2.1', userAgent, lastIp: '192.0.2.1', lastUserAgent: userAgent }
  const records = Array.from({ length: 3 }, () => ({
    ...client,
    jti: randomBytes(16).toString('base64url'),
    userId,
    valid: true,
    createdAt: at,
    updatedAt: at,
    revokedAt: null,
    revokedReason: null,
    issued: 0,
    seen: 0,
    floor: 0,
    parent: null,
  }))
  for (const record of records) await store.create(record)
  return records.map(({ jti }) => jti).sort()
}
