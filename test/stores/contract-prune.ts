import { describe, expect, it } from 'vitest'
import type { EndedBefore, SessionStore } from '../../src/stores/store.ts'
import { CLIENT, DAY, HOUR, recordOf, T0 } from '../support/records.ts'
import { FIREFOX } from '../support/user-agents.ts'
import type { MakeDatabase } from './contract.ts'
import { createAll } from './contract-records.ts'

const NEVER: EndedBefore = { createdAt: 0, updatedAt: 0, revokedAt: 0 }
const AT = T0 + HOUR

/** Deleting what has ended. */
export function pruneContract(make: MakeDatabase): void {
  describe('prune', () => {
    it.each([
      ['created at the time', { createdAt: AT, updatedAt: AT + DAY }, { createdAt: AT }, true],
      ['created before the time', { createdAt: AT - 1, updatedAt: AT + DAY }, { createdAt: AT }, true],
      ['created after the time', { createdAt: AT + 1, updatedAt: AT + DAY }, { createdAt: AT }, false],
      ['renewed at the time', { updatedAt: AT }, { updatedAt: AT }, true],
      ['renewed before the time', { updatedAt: AT - 1 }, { updatedAt: AT }, true],
      ['renewed after the time', { updatedAt: AT + 1 }, { updatedAt: AT }, false],
      ['that a time of nothing has not reached', {}, {}, false],
    ])('deletes by one time alone: a record %s', async (_, changes, ended, isDeleted) => {
      const store = await (await make()).open()
      const record = recordOf(changes)
      await store.create(record)
      expect(await store.prune({ ...NEVER, ...ended }, AT)).toBe(isDeleted ? 1 : 0)
      expect(await store.find(record.jti)).toEqual(isDeleted ? undefined : record)
      expect(isDeleted ? [undefined] : [record, undefined]).toContainEqual(store.peek(record.jti))
      expect(await store.list('ada')).toHaveLength(isDeleted ? 0 : 1)
    })

    it.each([
      ['at the time', AT, true],
      ['before the time', AT - 1, true],
      ['after the time', AT + 1, false],
    ])('deletes what was revoked %s', async (_, revokedAt, isDeleted) => {
      const store = await (await make()).open()
      const [jti, valid] = await createAll(store, [{}, {}])
      await store.revoke({ jti }, 'logout', revokedAt)
      expect(await store.prune({ ...NEVER, revokedAt: AT }, AT)).toBe(isDeleted ? 1 : 0)
      expect((await store.find(jti)) === undefined).toBe(isDeleted)
      expect(await store.find(valid)).toBeDefined()
    })

    it('finds every record that has ended among many, in several batches', async () => {
      const store = await (await make()).open()
      await createMany(store, 1_203)
      expect(await store.prune({ ...NEVER, updatedAt: T0 }, AT)).toBe(1_203 - 401)
      expect(await store.prune({ ...NEVER, updatedAt: T0 }, AT)).toBe(0)
      const left = await store.list('ada')
      expect(left).toHaveLength(401)
      expect(left.every(({ updatedAt }) => updatedAt === T0 + 1)).toBe(true)
    })

    it('tells how much of its work is done', async () => {
      const store = await (await make()).open()
      await createMany(store, 1_203)
      const shares: number[] = []
      expect(await store.prune({ ...NEVER, updatedAt: T0 }, AT, (share) => shares.push(share))).toBe(
        1_203 - 401,
      )
      expect(shares).toEqual(shares.toSorted())
      expect(shares[0]).toBeGreaterThan(0)
      expect(shares.at(-1)).toBeGreaterThan(0.95)
      expect(shares.at(-1)).toBeLessThanOrEqual(1)
    })

    it('lets others have their turn between batches', async () => {
      const store = await (await make()).open()
      await createMany(store, 1_203)
      let turns = 0
      const tick = setInterval(() => {
        turns += 1
      }, 0)
      const pruned = store.prune({ ...NEVER, updatedAt: T0 + 1 }, AT)
      const [late] = await createAll(store, [{ updatedAt: AT + 1 }])
      expect(await pruned).toBe(1_203)
      clearInterval(tick)
      expect(turns).toBeGreaterThan(0)
      expect(await store.find(late)).toBeDefined()
    })

    it('ends without a failure when the store is closed meanwhile', async () => {
      const database = await make()
      const store = await database.open()
      await createMany(store, 1_203)
      const pruned = store.prune({ ...NEVER, updatedAt: T0 + 1 }, AT)
      await store.close()
      expect(await pruned).toBeLessThanOrEqual(1_203)
      expect(await (await database.open()).list('ada')).toHaveLength(Math.min(1_000, 1_203 - (await pruned)))
    })

    it('of an empty database deletes nothing', async () => {
      const store = await (await make()).open()
      expect(await store.prune({ createdAt: AT, updatedAt: AT, revokedAt: AT }, AT)).toBe(0)
    })
  })

  describe('user agents', () => {
    it('are recorded once, however many sessions have them', async () => {
      const database = await make()
      const [one, other] = [await database.open(), await database.open()]
      await createAll(one, [{}, {}, { userAgent: FIREFOX }])
      await createAll(other, [{}, { lastUserAgent: FIREFOX }])
      expect((await database.userAgents()).sort()).toEqual([CLIENT.userAgent, FIREFOX].sort())
    })

    it('that nothing refers to go when they were not used for two days', async () => {
      const database = await make()
      const store = await database.open()
      await createAll(store, [{}])
      expect(await store.prune({ ...NEVER, createdAt: T0 }, T0 + HOUR)).toBe(1)
      await store.prune(NEVER, T0 + HOUR)
      expect(await database.userAgents()).toEqual([CLIENT.userAgent])
      await store.prune(NEVER, T0 + 2 * DAY)
      expect(await database.userAgents()).toEqual([CLIENT.userAgent])
      await store.prune(NEVER, T0 + 2 * DAY + 1)
      expect(await database.userAgents()).toEqual([])
    })

    it('that went can come back', async () => {
      const database = await make()
      const store = await database.open()
      await createAll(store, [{}])
      await store.prune({ ...NEVER, createdAt: T0 }, T0 + HOUR)
      await store.prune(NEVER, T0 + 3 * DAY)
      const again = recordOf({ createdAt: T0 + 3 * DAY, updatedAt: T0 + 3 * DAY })
      await store.create(again)
      expect(await store.find(again.jti)).toEqual(again)
    })

    it('that one process deleted can be written by another, which remembers them', async () => {
      const database = await make()
      const [one, other] = [await database.open(), await database.open()]
      await createAll(one, [{}])
      await other.prune({ ...NEVER, createdAt: T0 }, T0 + HOUR)
      await other.prune(NEVER, T0 + 2 * DAY + 1)
      const [old] = await createAll(other, [{ userAgent: FIREFOX }])
      const at = T0 + 2 * DAY + 2
      const renewal = {
        jti: old,
        expected: { issued: 0, seen: 0 },
        lineage: { issued: 1, seen: 0, floor: 0, parent: 0 },
        at,
        client: CLIENT,
      }
      expect(await one.renew(renewal)).toBe(true)
      expect(await other.find(old)).toMatchObject({ userAgent: FIREFOX, lastUserAgent: CLIENT.userAgent })
    })

    it('of sessions that are still there stay, those of the login and those of the last renewal', async () => {
      const database = await make()
      const store = await database.open()
      const [jti] = await createAll(store, [{ lastUserAgent: FIREFOX }])
      await store.prune(NEVER, T0 + 90 * DAY)
      expect((await database.userAgents()).sort()).toEqual([CLIENT.userAgent, FIREFOX].sort())
      expect(await store.find(jti)).toMatchObject({ userAgent: CLIENT.userAgent, lastUserAgent: FIREFOX })
    })
  })
}

/** Every third record was renewed once more than the others. */
async function createMany(store: SessionStore, count: number): Promise<void> {
  await createAll(
    store,
    Array.from({ length: count }, (_, index) => ({ updatedAt: T0 + (index % 3 === 0 ? 1 : 0) })),
  )
}
