import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openSessionStore } from '../../src/stores/open.ts'
import type { Renewal, SessionStore, StoreOptions } from '../../src/stores/store.ts'
import { emptyPostgres, hasPostgres, query } from '../support/postgres.ts'
import { newJti, recordOf, T0 } from '../support/records.ts'
import { gate } from '../support/stores.ts'

async function twoOn(options: StoreOptions = {}) {
  const url = await emptyPostgres()
  const [one, other] = [await openSessionStore(url, options), await openSessionStore(url, options)]
  onTestFinished(async () => {
    await one.close()
    await other.close()
  })
  return { one, other, url, shell: (sql: string) => query(url, sql) }
}

/** A moment may pass between a commit and what memory says; it is told, and does not look. */
const soon = { timeout: 10_000, interval: 2 }

const validIn = (store: SessionStore, jti: string) => () => store.peek(jti)?.valid

describe.skipIf(!hasPostgres)('what is in memory', () => {
  it('serves without a query until somebody revokes', async () => {
    const { one, other, shell } = await twoOn()
    const record = recordOf()
    await one.create(record)
    expect(other.peek(record.jti)).toBeUndefined()
    await other.find(record.jti)
    await shell('ALTER TABLE sliding_sessions RENAME TO elsewhere')
    expect(other.peek(record.jti)).toEqual(record)
    expect(one.peek(record.jti)).toEqual(record)
    await shell('ALTER TABLE elsewhere RENAME TO sliding_sessions')
    await one.revoke({ jti: record.jti }, 'admin', T0)
    expect(one.peek(record.jti)?.valid).toBe(false)
    await expect.poll(validIn(other, record.jti), soon).toBe(false)
  })

  it.each([
    ['an update', "UPDATE sliding_sessions SET valid = false WHERE user_id = 'ada'"],
    [
      'a whole update',
      `UPDATE sliding_sessions SET valid = false, revoked_at = 1, revoked_reason = 'admin' WHERE user_id = 'ada'`,
    ],
    ['a deletion', "DELETE FROM sliding_sessions WHERE user_id = 'ada'"],
  ])('learns of %s by hand', async (_name, statement) => {
    const { one, shell } = await twoOn()
    const [hers, his] = [recordOf({ userId: 'ada' }), recordOf({ userId: 'bob' })]
    await one.create(hers)
    await one.create(his)
    await shell(statement)
    await expect.poll(validIn(one, hers.jti), soon).toBe(false)
    await expect.poll(validIn(one, his.jti), soon).toBe(true)
  })

  it('says what it revoked itself at once, while it still hears of it', async () => {
    const { one } = await twoOn()
    const records = Array.from({ length: 50 }, () => recordOf())
    await Promise.all(records.map((record) => one.create(record)))
    for (const { jti } of records) {
      await one.revoke({ jti }, 'logout', T0)
      expect(one.peek(jti)).toMatchObject({ valid: false, revokedReason: 'logout' })
    }
  })

  it('learns nothing of what is pruned, which has ended anyway', async () => {
    const { one, shell } = await twoOn()
    const [pruned, deleted] = [recordOf({ createdAt: 1 }), recordOf()]
    await one.create(pruned)
    await one.create(deleted)
    expect(await one.prune({ createdAt: 1, updatedAt: 0, revokedAt: 0 }, T0)).toBe(1)
    expect(await shell('SELECT 1 FROM sliding_revocations')).toEqual([])
    await shell('DELETE FROM sliding_sessions')
    expect(await shell('SELECT jti FROM sliding_revocations')).toHaveLength(1)
  })

  it('is forgotten where the table is emptied', async () => {
    const { one, shell } = await twoOn()
    const record = recordOf()
    await one.create(record)
    await shell('TRUNCATE sliding_sessions')
    await expect.poll(() => one.peek(record.jti), soon).toBeUndefined()
    expect(await one.find(record.jti)).toBeUndefined()
  })

  it('learns of a revocation whose transaction began before others that were read already', async () => {
    const { one, other, shell } = await twoOn()
    const [slow, fast] = [recordOf(), recordOf()]
    await one.create(slow)
    await one.create(fast)
    const late = shell(`DO $$ BEGIN
      UPDATE sliding_sessions SET valid = false WHERE jti = '${uuidOf(slow.jti)}'; PERFORM pg_sleep(1); END $$`)
    await expect
      .poll(
        () => shell("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'DO %' AND wait_event = 'PgSleep'"),
        soon,
      )
      .toHaveLength(1)
    await other.revoke({ jti: fast.jti }, 'admin', T0)
    await expect.poll(validIn(one, fast.jti), soon).toBe(false)
    await late
    await expect.poll(validIn(one, slow.jti), soon).toBe(false)
  })

  it('a renewal by another process leaves it alone, as fresh tokens do not depend on it', async () => {
    const { one, other } = await twoOn()
    const record = recordOf()
    await one.create(record)
    await other.find(record.jti)
    const lineage = { issued: 1, seen: 0, floor: 0, parent: 0 }
    const client = { ip: record.ip, userAgent: record.userAgent }
    expect(await one.renew({ jti: record.jti, expected: record, lineage, at: T0 + 1, client })).toBe(true)
    expect(other.peek(record.jti)).toEqual(record)
    expect(one.peek(record.jti)).toMatchObject({ ...lineage, updatedAt: T0 + 1 })
  })

  it('is bounded', async () => {
    const { one } = await twoOn({ cacheSize: 10 })
    const records = Array.from({ length: 30 }, () => recordOf())
    for (const record of records) await one.create(record)
    const kept = records.map(({ jti }) => one.peek(jti) !== undefined)
    expect(kept.filter(Boolean).length).toBeLessThanOrEqual(10)
    expect(kept.slice(-5)).toEqual([true, true, true, true, true])
  })

  it('with singleProcess, hears nothing of other processes', async () => {
    const { one, other, shell } = await twoOn({ singleProcess: true })
    const record = recordOf()
    await one.create(record)
    await other.revoke({ jti: record.jti }, 'admin', T0)
    expect(one.peek(record.jti)?.valid).toBe(true)
    expect((await one.find(record.jti))?.valid).toBe(false)
    expect(
      await shell(
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()",
      ),
    ).toEqual([])
  })
})

/** A store on a pool whose statements of one name a test can hold up or break, after they were run. */
async function storeWith(url: string, name: string, after: () => Promise<void>): Promise<SessionStore> {
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  pool.on('error', () => undefined)
  const real = pool.query.bind(pool) as (query: { name?: string }) => Promise<unknown>
  const query = async (config: { name?: string }) => {
    const answer = await real(config)
    if (config.name === name) await after()
    return answer
  }
  const store = await openSessionStore(Object.assign(pool, { query }))
  onTestFinished(async () => {
    await store.close()
    await pool.end()
  })
  return store
}

/** A store to which a test can say that another server has taken over from the one that it knew. */
async function storeThatFailsOver(url: string): Promise<{ store: SessionStore; failOver: () => void }> {
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  pool.on('error', () => undefined)
  let instance: string | undefined
  const connect = pool.connect.bind(pool) as (...callback: unknown[]) => Promise<pg.PoolClient>
  const connectListener = async (...callback: unknown[]) => {
    if (callback.length > 0) return connect(...callback)
    const client = await connect()
    const real = client.query.bind(client) as (query: object) => Promise<{ rows: object[] }>
    const query = async (config: object) => {
      const { rows } = await real(config)
      return { rows: instance === undefined ? rows : rows.map((row) => ({ ...row, instance })) }
    }
    return Object.assign(client, { query })
  }
  const store = await openSessionStore(Object.assign(pool, { connect: connectListener }))
  onTestFinished(async () => {
    await store.close()
    await pool.end()
  })
  const failOver = () => {
    instance = 'another'
  }
  return { store, failOver }
}

describe.skipIf(!hasPostgres)('what memory cannot know', () => {
  it('the number of a user agent, where another server took over that lacks the last commits', async () => {
    const { other, url, shell } = await twoOn()
    const { store, failOver } = await storeThatFailsOver(url)
    const [lost, next] = [recordOf(), recordOf()]
    await store.create(lost)
    await shell('DELETE FROM sliding_user_agents')
    failOver()
    await expect.poll(() => store.peek(lost.jti), soon).toBeUndefined()
    await store.create(next)
    expect(await other.find(next.jti)).toEqual(next)
  })

  it('an answer that is older than a revocation is not remembered', async () => {
    const { other, url } = await twoOn()
    const { wait, reached, open } = gate()
    const [slow, known] = [recordOf(), recordOf()]
    const store = await storeWith(url, 'sliding_find', wait)
    await other.create(slow)
    await store.create(known)
    const finding = store.find(slow.jti)
    await reached
    await other.revoke({ jti: slow.jti }, 'admin', T0)
    await other.revoke({ jti: known.jti }, 'admin', T0)
    await expect.poll(validIn(store, known.jti), soon).toBe(false)
    open()
    expect(await finding).toEqual(slow)
    expect(store.peek(slow.jti)).toBeUndefined()
  })

  it.each([
    ['sliding_renew', (store: SessionStore, renewal: Renewal) => store.renew(renewal)],
    ['sliding_mark_seen', (store: SessionStore, { jti }: Renewal) => store.markSeen(jti, 1)],
  ])('where the answer to %s was lost, the database is asked', async (name, write) => {
    const store = await storeWith(await emptyPostgres(), name, async () => {
      throw new Error('ECONNRESET')
    })
    const record = recordOf()
    await store.create(record)
    const lineage = { issued: 1, seen: 0, floor: 0, parent: 0 }
    const client = { ip: record.ip, userAgent: record.userAgent }
    const renewal = { jti: record.jti, expected: record, lineage, at: T0 + 1, client }
    await expect(write(store, renewal)).rejects.toThrow('ECONNRESET')
    expect(store.peek(record.jti)).toBeUndefined()
    expect(await store.find(record.jti)).not.toEqual(record)
  })
})

describe.skipIf(!hasPostgres)('a session that is locked by somebody’s transaction', () => {
  it('keeps nobody else waiting for long', async () => {
    const { one, url } = await twoOn()
    const [locked, free] = [recordOf(), recordOf()]
    await one.create(locked)
    await one.create(free)
    const somebody = new pg.Client(url)
    await somebody.connect()
    await somebody.query(`BEGIN; SELECT FROM sliding_sessions WHERE jti = '${uuidOf(locked.jti)}' FOR UPDATE`)
    const results = await Promise.allSettled([
      one.revoke({ jti: locked.jti }, 'admin', T0),
      one.revoke({ jti: free.jti }, 'admin', T0),
      one.revoke({ jti: newJti() }, 'admin', T0),
    ])
    expect(
      results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.code)),
    ).toEqual(['55P03', 1, 0])
    await somebody.end()
    expect(await one.revoke({ jti: locked.jti }, 'admin', T0)).toBe(1)
  })
})

describe.skipIf(!hasPostgres)('revoking very many sessions of one user', () => {
  it('takes as long as it takes, and all of them end', async () => {
    const url = await emptyPostgres()
    const pool = new pg.Pool({ connectionString: url, max: 2 })
    pool.on('error', () => undefined)
    onTestFinished(() => pool.end())
    const store = await openSessionStore(pool)
    onTestFinished(() => store.close())
    const records = Array.from({ length: 3_000 }, () => recordOf())
    await Promise.all(records.map((record) => store.create(record)))
    const [kept, other] = records.map(({ jti }) => jti) as [string, string]
    // The one connection that does not listen.
    await pool.query('SET statement_timeout = 1')
    const revoked = await store.revoke({ userId: 'ada', except: kept }, 'admin', T0)
    await pool.query('SET statement_timeout = 0')
    expect(revoked).toBe(2_999)
    expect((await store.find(kept))?.valid).toBe(true)
    expect((await store.find(other))?.valid).toBe(false)
  })
})

function uuidOf(jti: string): string {
  return Buffer.from(jti, 'base64url').toString('hex')
}
