import { describe, expect, it } from 'vitest'
import type { SessionRecord } from '../../src/protocol/types.ts'
import type { SessionStore } from '../../src/stores/store.ts'
import { HOUR, newJti, recordOf, T0 } from '../support/records.ts'
import { FIREFOX } from '../support/user-agents.ts'
import type { MakeDatabase } from './contract.ts'

const RECORDS: Record<string, Partial<SessionRecord>> = {
  'at login': {},
  renewed: {
    issued: 12,
    seen: 11,
    floor: 11,
    parent: 11,
    updatedAt: T0 + HOUR + 1,
    lastIp: '2001:db8::7',
    lastUserAgent: FIREFOX,
  },
  'moved, with the same browser': { lastIp: '198.51.100.1' },
  'with another browser at the same address': { lastUserAgent: FIREFOX },
  'of an unknown client': { ip: '', userAgent: '', lastIp: '', lastUserAgent: '' },
  'of a client that became unknown': { lastIp: '', lastUserAgent: '' },
  'with the longest user agent': { userAgent: 'x'.repeat(512), lastUserAgent: 'x'.repeat(512) },
  'with an odd user agent': { userAgent: 'Ünïcode "quoted" \u{1f600} %s \\ \' ; --' },
  'of a user with an odd id': { userId: "ada'; DROP TABLE sliding_sessions; -- \u{1f600} \u0000 end" },
  'of a user with a long id': { userId: 'u'.repeat(2_000) },
  'with generations beyond 32 bits': {
    issued: 2 ** 40,
    seen: 2 ** 40 - 1,
    floor: 2 ** 40 - 1,
    parent: 2 ** 40 - 1,
  },
  'whose parent is generation 0': { issued: 1, parent: 0 },
  'with the least key': { jti: 'AAAAAAAAAAAAAAAAAAAAAA' },
  'with the greatest key': { jti: '_____________________w' },
}

/** Adding and reading. */
export function recordContract(make: MakeDatabase): void {
  describe('records', () => {
    it.each(Object.entries(RECORDS))('gives back every field of a record %s', async (_, changes) => {
      const store = await (await make()).open()
      const record = recordOf({ ...changes })
      await store.create(record)
      expect(await store.find(record.jti)).toEqual(record)
      expect(await store.list(record.userId)).toEqual([record])
      expect([record, undefined]).toContainEqual(store.peek(record.jti))
    })

    it('adds valid records only', async () => {
      const store = await (await make()).open()
      const record = recordOf()
      await store.create(record)
      expect(await store.find(record.jti)).toMatchObject({
        valid: true,
        revokedAt: null,
        revokedReason: null,
      })
    })

    it.each([
      ['another key', newJti()],
      ['no key', ''],
      ['a word', 'not-a-key'],
      ['a long text', 'A'.repeat(4_000)],
    ])('finds nothing under %s', async (_, jti) => {
      const store = await (await make()).open()
      await store.create(recordOf())
      expect(await store.find(jti)).toBeUndefined()
      expect(store.peek(jti)).toBeUndefined()
    })

    it('refuses a key that is there, and changes nothing', async () => {
      const store = await (await make()).open()
      const record = recordOf()
      await store.create(record)
      await expect(store.create({ ...record, userId: 'eve', ip: '203.0.113.5' })).rejects.toThrow()
      expect(await store.find(record.jti)).toEqual(record)
      expect(await store.list('eve')).toEqual([])
    })

    it('keeps what is known of a record apart from what is in the database', async () => {
      const store = await (await make()).open()
      const record = recordOf()
      await store.create(record)
      const found = await store.find(record.jti)
      if (found !== undefined) Object.assign(found, { valid: false, issued: 99 })
      expect(await store.find(record.jti)).toEqual(record)
      expect([record, undefined]).toContainEqual(store.peek(record.jti))
    })

    it('keeps records when it is opened again', async () => {
      const database = await make()
      const first = await database.open()
      const record = recordOf(RECORDS['renewed'])
      await first.create(record)
      await first.close()
      const second = await database.open()
      expect(await second.find(record.jti)).toEqual(record)
    })
  })

  describe('list', () => {
    it('has a user’s sessions alone: valid ones first, then the latest renewal first', async () => {
      const store = await (await make()).open()
      const [old, middle, latest, revokedLate, revokedEarly] = await createAll(store, [
        { updatedAt: T0 + 1 },
        { updatedAt: T0 + 2 },
        { updatedAt: T0 + 3 },
        { updatedAt: T0 + 9 },
        { updatedAt: T0 },
      ])
      await createAll(store, [{ userId: 'bob', updatedAt: T0 + 99 }, { userId: 'ADA' }, { userId: 'ad' }])
      await store.revoke({ jti: revokedLate }, 'logout', T0 + 10)
      await store.revoke({ jti: revokedEarly }, 'logout', T0 + 11)
      const listed = await store.list('ada')
      expect(listed.map(({ jti }) => jti)).toEqual([latest, middle, old, revokedLate, revokedEarly])
      expect(listed.map(({ valid }) => valid)).toEqual([true, true, true, false, false])
    })

    it('is empty for a user without sessions', async () => {
      const store = await (await make()).open()
      await store.create(recordOf())
      expect(await store.list('nobody')).toEqual([])
      expect(await store.list('')).toEqual([])
      expect(await store.list('%')).toEqual([])
    })

    it('has at most 1,000, the valid and latest ones', async () => {
      const store = await (await make()).open()
      const jtis = await createAll(
        store,
        Array.from({ length: 1_003 }, (_, index) => ({ updatedAt: T0 + index })),
      )
      await store.revoke({ jti: jtis[1_002] ?? '' }, 'logout', T0)
      const listed = await store.list('ada')
      expect(listed).toHaveLength(1_000)
      expect(listed[0]?.jti).toBe(jtis[1_001])
      expect(listed.at(-1)?.jti).toBe(jtis[2])
    })
  })
}

/** Adds records with these changes; answers with their keys. */
export async function createAll<const Changes extends readonly Partial<SessionRecord>[]>(
  store: SessionStore,
  changes: Changes,
): Promise<{ [Place in keyof Changes]: string }> {
  const records = changes.map((change) => recordOf(change))
  await Promise.all(records.map((record) => store.create(record)))
  return records.map(({ jti }) => jti) as { [Place in keyof Changes]: string }
}
