import { describe, expect, it, onTestFinished } from 'vitest'
import { openServerDatabase } from '../../src/stores/open.ts'
import type { UserRecord } from '../../src/stores/server-store.ts'
import { temporaryDatabase } from '../support/files.ts'
import { emptyPostgres, hasPostgres } from '../support/postgres.ts'
import { HOUR, T0 } from '../support/records.ts'

function userOf(id: string, changes: Partial<UserRecord> = {}): UserRecord {
  return {
    id,
    username: id,
    usernameKey: id.toUpperCase(),
    passwordHash: 'a hash',
    role: 'user',
    disabled: false,
    createdAt: T0,
    updatedAt: T0,
    ...changes,
  }
}

interface Kind {
  readonly name: string
  readonly isThere: boolean
  /** Where an empty database is, which several processes can open. */
  readonly make: () => Promise<string>
}

const KINDS: readonly Kind[] = [
  { name: 'SQLite', isThere: true, make: async () => temporaryDatabase() },
  { name: 'PostgreSQL', isThere: hasPostgres, make: emptyPostgres },
]

async function openAt(url: string) {
  const database = await openServerDatabase(url)
  onTestFinished(() => database.close())
  return database
}

describe('openServerDatabase', () => {
  it.each(['', 'mysql://localhost/x', '/nowhere/at/all/x.db', 'postgres://127.0.0.1:1/x'])(
    'refuses %j',
    async (url) => {
      await expect(openServerDatabase(url)).rejects.toMatchObject({
        name: 'ConfigurationError',
        option: 'database',
      })
    },
  )
})

describe.each(KINDS)('on $name', ({ isThere, make }) => {
  describe.skipIf(!isThere)('a database of the server', () => {
    contract(make)
  })
})

/** What must hold wherever the server keeps what it keeps. */
function contract(make: Kind['make']): void {
  const openOne = async () => openAt(await make())

  /** As two processes do. */
  async function openTwice() {
    const url = await make()
    return { one: await openAt(url), two: await openAt(url) }
  }

  describe('several processes', () => {
    it('shows each process what the other has written', async () => {
      const { one, two } = await openTwice()
      await one.users.create(userOf('ada'))
      expect(await two.users.find('ada')).toEqual(userOf('ada'))
      await one.loginLimits.addFailure('key', HOUR)
      expect((await two.loginLimits.addFailure('key', HOUR)).count).toBe(2)
      expect(await one.loginLimits.failures('key')).toMatchObject({ count: 2 })
    })
  })

  describe('UserStore', () => {
    it('takes a name once', async () => {
      const { users } = await openOne()
      expect(await users.create(userOf('ada'))).toBe(true)
      expect(await users.create(userOf('other', { usernameKey: 'ADA' }))).toBe(false)
      expect(await users.find('other')).toBeUndefined()
      expect(await users.findByKey('ADA')).toEqual(userOf('ada'))
    })

    it.each([
      ['demotes', { role: 'user' }],
      ['disables', { disabled: true }],
    ] as const)('never %s the last enabled admin, over processes', async (_what, change) => {
      const { one, two } = await openTwice()
      await one.users.create(userOf('a', { role: 'admin' }))
      await one.users.create(userOf('b', { role: 'admin' }))
      for (let round = 0; round < 10; round += 1) {
        for (const id of ['a', 'b']) await one.users.update(id, { role: 'admin', disabled: false }, T0)
        const outcomes = await Promise.all([
          one.users.update('a', change, T0),
          two.users.update('b', change, T0),
        ])
        expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['last_admin', 'updated'])
        const left = await one.users.list({ limit: 10 })
        expect(left.filter(({ role, disabled }) => role === 'admin' && !disabled)).toHaveLength(1)
      }
    })

    it('lets a disabled admin be demoted, and a user be disabled', async () => {
      const { users } = await openOne()
      await users.create(userOf('a', { role: 'admin', disabled: true }))
      await users.create(userOf('b'))
      expect((await users.update('a', { role: 'user' }, T0 + 1)).kind).toBe('updated')
      expect((await users.update('b', { disabled: true }, T0 + 1)).kind).toBe('updated')
      expect(await users.find('b')).toEqual(userOf('b', { disabled: true, updatedAt: T0 + 1 }))
    })

    it('knows no user that is not there', async () => {
      const { users } = await openOne()
      expect(await users.update('nobody', { role: 'user' }, T0)).toEqual({ kind: 'unknown' })
      expect(await users.find('nobody')).toBeUndefined()
    })

    it.each([
      ['another hash', {}, 'another', false],
      ['a disabled user', { disabled: true }, 'a hash', false],
      ['the expected hash', {}, 'a hash', true],
    ])('replaces a hash only where it is the expected one: %s', async (_what, changes, from, isReplaced) => {
      const { users } = await openOne()
      await users.create(userOf('ada', changes))
      expect(await users.replaceHash('ada', { from, to: 'new' }, T0 + 1)).toBe(isReplaced)
      const { passwordHash, updatedAt } = (await users.find('ada')) as UserRecord
      expect([passwordHash, updatedAt]).toEqual(isReplaced ? ['new', T0 + 1] : ['a hash', T0])
    })
  })

  describe('every part', () => {
    it('rejects as unavailable where the database fails, with the cause for the log', async () => {
      const { users, events, loginLimits, ping, close } = await openServerDatabase(await make())
      await ping()
      await close()
      const event = { at: T0, type: 'x', userId: null, actorId: null, jti: null, ip: null, detail: {} }
      const questions = [
        () => users.create(userOf('ada')),
        () => users.find('ada'),
        () => users.findByKey('ADA'),
        () => users.list({ limit: 1 }),
        () => users.update('ada', { role: 'user' }, T0),
        () => users.replaceHash('ada', { from: 'x', to: 'y' }),
        () => events.append(event),
        () => events.list({ limit: 1 }),
        () => events.prune(T0),
        () => loginLimits.failures('x'),
        () => loginLimits.addFailure('x', HOUR),
        () => loginLimits.clear('x'),
        () => loginLimits.prune(),
        ping,
      ]
      for (const question of questions) {
        await expect(question()).rejects.toMatchObject({ code: 'unavailable', cause: expect.any(Error) })
      }
    })
  })
}
