import { describe, expect, it, vi } from 'vitest'
import { REVOCATION_REASONS, type SessionRecord } from '../../src/protocol/types.ts'
import type { Renewal, SessionStore } from '../../src/stores/store.ts'
import { CLIENT, HOUR, MINUTE, newJti, recordOf, T0 } from '../support/records.ts'
import { CHROME_NEWER } from '../support/user-agents.ts'
import type { MakeDatabase, TestDatabase } from './contract.ts'
import { createAll } from './contract-records.ts'

const AT = T0 + HOUR
const LINEAGE = { issued: 4, seen: 3, floor: 3, parent: 3 } as const

async function createOne(
  store: SessionStore,
  changes: Partial<SessionRecord> = LINEAGE,
): Promise<SessionRecord> {
  const record = recordOf(changes)
  await store.create(record)
  return record
}

function renewalOf({ jti, issued, seen }: SessionRecord, changes: Partial<Renewal> = {}): Renewal {
  return {
    jti,
    expected: { issued, seen },
    lineage: { issued: issued + 1, seen: issued, floor: issued, parent: issued },
    at: AT,
    client: { ip: '198.51.100.9', userAgent: CHROME_NEWER },
    ...changes,
  }
}

/** What another one revoked is not valid in memory: at the next look, or as soon as the store is told. */
async function knowsRevoked({ isTold }: TestDatabase, store: SessionStore, jti: string): Promise<void> {
  const look = () => expect([false, undefined]).toContain(store.peek(jti)?.valid)
  await (isTold ? vi.waitFor(look, { timeout: 10_000, interval: 5 }) : look())
}

/** Conditional writes. */
export function writeContract(make: MakeDatabase): void {
  describe('renew', () => {
    it('writes lineage, time and client, and nothing else', async () => {
      const store = await (await make()).open()
      const record = await createOne(store)
      expect(await store.renew(renewalOf(record))).toBe(true)
      expect(await store.find(record.jti)).toEqual({
        ...record,
        issued: 5,
        seen: 4,
        floor: 4,
        parent: 4,
        updatedAt: AT,
        lastIp: '198.51.100.9',
        lastUserAgent: CHROME_NEWER,
      })
    })

    it('comes back to the client of the login', async () => {
      const store = await (await make()).open()
      const record = await createOne(store, {})
      await store.renew(renewalOf(record))
      const moved = (await store.find(record.jti)) ?? record
      expect(await store.renew(renewalOf(moved, { client: CLIENT }))).toBe(true)
      expect(await store.find(record.jti)).toMatchObject({
        lastIp: CLIENT.ip,
        lastUserAgent: CLIENT.userAgent,
      })
    })

    it('takes a client that says nothing of itself', async () => {
      const store = await (await make()).open()
      const record = await createOne(store)
      await store.renew(renewalOf(record, { client: { ip: '', userAgent: '' } }))
      expect(await store.find(record.jti)).toMatchObject({
        ip: CLIENT.ip,
        userAgent: CLIENT.userAgent,
        lastIp: '',
        lastUserAgent: '',
      })
    })

    it.each([
      ['issued has moved on', { issued: 3, seen: 3 }],
      ['issued is not so far', { issued: 5, seen: 3 }],
      ['seen has moved on', { issued: 4, seen: 2 }],
      ['seen is not so far', { issued: 4, seen: 4 }],
    ])('writes nothing where %s', async (_, expected) => {
      const store = await (await make()).open()
      const record = await createOne(store)
      expect(await store.renew(renewalOf(record, { expected }))).toBe(false)
      expect(await store.find(record.jti)).toEqual(record)
    })

    it('writes nothing where the session was revoked', async () => {
      const store = await (await make()).open()
      const record = await createOne(store)
      await store.revoke({ jti: record.jti }, 'logout', T0 + MINUTE)
      const revoked = await store.find(record.jti)
      expect(await store.renew(renewalOf(record))).toBe(false)
      expect(await store.find(record.jti)).toEqual(revoked)
    })

    it('writes nothing where there is no such session', async () => {
      const store = await (await make()).open()
      const record = await createOne(store)
      expect(await store.renew(renewalOf({ ...record, jti: newJti() }))).toBe(false)
      expect(await store.find(record.jti)).toEqual(record)
    })

    it('touches no other session', async () => {
      const store = await (await make()).open()
      const [record, other] = [await createOne(store), await createOne(store)]
      await store.renew(renewalOf(record))
      expect(await store.find(other.jti)).toEqual(other)
    })

    it('lets one of many win', async () => {
      const store = await (await make()).open()
      const record = await createOne(store)
      const results = await Promise.all(Array.from({ length: 50 }, () => store.renew(renewalOf(record))))
      expect(results.filter(Boolean)).toHaveLength(1)
      expect(await store.find(record.jti)).toMatchObject({ issued: 5 })
    })
  })

  describe('markSeen', () => {
    it.each([
      ['the generation that was issued last', 4, { seen: 4, floor: 4 }],
      ['a generation beyond issued', 9, { seen: 9, floor: 9 }],
      ['the generation at the floor', 3, {}],
      ['one below the floor', 2, {}],
      ['generation 0', 0, {}],
    ])('%s', async (_, gen, changes) => {
      const store = await (await make()).open()
      const record = await createOne(store)
      await store.markSeen(record.jti, gen)
      expect(await store.find(record.jti)).toEqual({ ...record, ...changes })
    })

    it('abandons the siblings of what was seen: the floor is what was issued', async () => {
      const store = await (await make()).open()
      const record = await createOne(store, { issued: 7, seen: 3, floor: 3, parent: 3 })
      await store.markSeen(record.jti, 5)
      expect(await store.find(record.jti)).toEqual({ ...record, seen: 5, floor: 7 })
      await store.markSeen(record.jti, 6)
      expect(await store.find(record.jti)).toEqual({ ...record, seen: 5, floor: 7 })
    })

    it('writes nothing where the session was revoked or is not there', async () => {
      const store = await (await make()).open()
      const record = await createOne(store)
      await store.revoke({ jti: record.jti }, 'logout', T0)
      const revoked = await store.find(record.jti)
      await store.markSeen(record.jti, 4)
      await store.markSeen(newJti(), 4)
      expect(await store.find(record.jti)).toEqual(revoked)
    })

    it('defeats a renewal that was decided before it', async () => {
      const store = await (await make()).open()
      const record = await createOne(store)
      await store.markSeen(record.jti, 4)
      expect(await store.renew(renewalOf(record))).toBe(false)
    })
  })

  describe('revoke', () => {
    it.each(REVOCATION_REASONS)('ends one session, with its reason: %s', async (reason) => {
      const store = await (await make()).open()
      const [record, other] = [await createOne(store), await createOne(store)]
      expect(await store.revoke({ jti: record.jti }, reason, AT)).toBe(1)
      const revoked = { ...record, valid: false, revokedAt: AT, revokedReason: reason }
      expect(await store.find(record.jti)).toEqual(revoked)
      expect([revoked, undefined]).toContainEqual(store.peek(record.jti))
      expect(await store.find(other.jti)).toEqual(other)
    })

    it('ends a session once: time and reason of the first stay', async () => {
      const store = await (await make()).open()
      const record = await createOne(store)
      await store.revoke({ jti: record.jti }, 'reuse', AT)
      expect(await store.revoke({ jti: record.jti }, 'logout', AT + 1)).toBe(0)
      expect(await store.revoke({ userId: 'ada' }, 'admin', AT + 2)).toBe(0)
      expect(await store.find(record.jti)).toMatchObject({ revokedAt: AT, revokedReason: 'reuse' })
    })

    it.each([
      ['an unknown key', { jti: newJti() }],
      ['no key', { jti: '' }],
      ['a word', { jti: 'not-a-key' }],
      ['an unknown user', { userId: 'nobody' }],
      ['no user', { userId: '' }],
    ])('ends nothing under %s', async (_, target) => {
      const store = await (await make()).open()
      const record = await createOne(store)
      expect(await store.revoke(target, 'revoked', AT)).toBe(0)
      expect(await store.find(record.jti)).toEqual(record)
    })

    it('ends all sessions of one user, and of nobody else', async () => {
      const store = await (await make()).open()
      const jtis = await createAll(store, [{}, {}, {}, { userId: 'bob' }])
      await store.revoke({ jti: jtis[0] }, 'logout', T0)
      expect(await store.revoke({ userId: 'ada' }, 'revoked', AT)).toBe(2)
      const valid = await Promise.all(jtis.map(async (jti) => (await store.find(jti))?.valid))
      expect(valid).toEqual([false, false, false, true])
    })

    it.each([
      ['with the exception of one', (jtis: readonly string[]) => jtis[1], [false, true, false, true], 2],
      ['where the exception is undefined', () => undefined, [false, false, false, true], 3],
      ['where the exception is unknown', newJti, [false, false, false, true], 3],
      [
        'where the exception is another user’s',
        (jtis: readonly string[]) => jtis[3],
        [false, false, false, true],
        3,
      ],
    ])('ends all sessions of one user %s', async (_, exceptOf, expected, count) => {
      const store = await (await make()).open()
      const jtis = await createAll(store, [{}, {}, {}, { userId: 'bob' }])
      expect(await store.revoke({ userId: 'ada', except: exceptOf(jtis) }, 'revoked', AT)).toBe(count)
      const valid = await Promise.all(jtis.map(async (jti) => (await store.find(jti))?.valid))
      expect(valid).toEqual(expected)
    })

    it('leaves a user alone whose id begins with the same four bytes when hashed', async () => {
      const store = await (await make()).open()
      const [one, other] = ['user-20491', 'user-32057']
      const jtis = await createAll(store, [{ userId: one }, { userId: other }, { userId: other }])
      expect(await store.revoke({ userId: one }, 'revoked', AT)).toBe(1)
      const valid = await Promise.all(jtis.map(async (jti) => (await store.find(jti))?.valid))
      expect(valid).toEqual([false, true, true])
      expect((await store.list(other)).map(({ jti }) => jti).sort()).toEqual(jtis.slice(1).sort())
    })
  })

  describe('a session that begins right after all of its user are revoked', () => {
    it('is valid, and is known to be', async () => {
      const store = await (await make()).open()
      await createOne(store)
      const record = recordOf({ createdAt: AT })
      const [revoked] = await Promise.all([
        store.revoke({ userId: 'ada' }, 'admin', AT),
        store.create(record),
      ])
      const known = store.peek(record.jti)?.valid
      const isValid = (await store.find(record.jti))?.valid
      expect(revoked).toBe(isValid === true ? 1 : 2)
      expect([undefined, isValid]).toContain(known)
    })
  })

  describe('two connections on one database', () => {
    it('a revocation by one is seen by the other’s very next question', async () => {
      const database = await make()
      const [one, other] = [await database.open(), await database.open()]
      const record = await createOne(one)
      expect((await other.find(record.jti))?.valid).toBe(true)
      other.peek(record.jti)
      await one.revoke({ jti: record.jti }, 'admin', AT)
      await knowsRevoked(database, other, record.jti)
      expect(await other.find(record.jti)).toMatchObject({ valid: false, revokedReason: 'admin' })
    })

    it('so is one of all sessions, whoever asked before', async () => {
      const database = await make()
      const [one, other] = [await database.open(), await database.open()]
      const jtis = await createAll(one, [{}, {}, {}])
      for (const jti of jtis) await other.find(jti)
      expect(await one.revoke({ userId: 'ada' }, 'admin', AT)).toBe(3)
      for (const jti of jtis) {
        await knowsRevoked(database, other, jti)
        expect((await other.find(jti))?.valid).toBe(false)
      }
    })

    it('of renewals by both, one is written', async () => {
      const database = await make()
      const [one, other] = [await database.open(), await database.open()]
      const record = await createOne(one)
      const results = await Promise.all([one.renew(renewalOf(record)), other.renew(renewalOf(record))])
      expect(results.filter(Boolean)).toHaveLength(1)
      expect(await one.find(record.jti)).toEqual(await other.find(record.jti))
    })

    it('a renewal after a revocation by the other is not written', async () => {
      const database = await make()
      const [one, other] = [await database.open(), await database.open()]
      const record = await createOne(one)
      await other.find(record.jti)
      await one.revoke({ jti: record.jti }, 'admin', AT)
      expect(await other.renew(renewalOf(record))).toBe(false)
    })

    it('what one closes stays open for the other', async () => {
      const database = await make()
      const [one, other] = [await database.open(), await database.open()]
      const record = await createOne(one)
      await one.close()
      expect(await other.find(record.jti)).toEqual(record)
    })
  })
}
