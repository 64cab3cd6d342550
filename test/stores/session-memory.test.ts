import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { onCommit } from '../../src/stores/commits.ts'
import { toUserKey } from '../../src/stores/sqlite/jti.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import type { StoreOptions } from '../../src/stores/store.ts'
import { temporaryDatabase } from '../support/files.ts'
import { recordOf, T0 } from '../support/records.ts'

function twoOn(path = temporaryDatabase(), options: StoreOptions = {}) {
  const [one, other] = [openSqliteStore(path, options), openSqliteStore(path, options)]
  const shell = new Database(path)
  onTestFinished(async () => {
    await one.close()
    await other.close()
    shell.close()
  })
  return { one, other, shell }
}

describe('what is in memory', () => {
  it('serves without a query until somebody revokes', async () => {
    const { one, other } = twoOn()
    const record = recordOf()
    await one.create(record)
    expect(other.peek(record.jti)).toBeUndefined()
    await other.find(record.jti)
    expect(other.peek(record.jti)).toEqual(record)
    await one.revoke({ jti: record.jti }, 'admin', T0)
    expect(one.peek(record.jti)?.valid).toBe(false)
    expect(other.peek(record.jti)?.valid).toBe(false)
  })

  it('holds what began after the user’s other sessions were revoked elsewhere', async () => {
    const { one, other } = twoOn()
    await one.create(recordOf())
    await other.revoke({ userId: 'ada' }, 'password_changed', T0)
    const [here, there] = [recordOf(), recordOf()]
    await one.create(here)
    await other.create(there)
    await one.find(there.jti)
    expect(one.peek(here.jti)?.valid).toBe(true)
    expect(one.peek(there.jti)?.valid).toBe(true)
  })

  it('a renewal by another process leaves it alone, as fresh tokens do not depend on it', async () => {
    const { one, other } = twoOn()
    const record = recordOf()
    await one.create(record)
    await other.find(record.jti)
    const lineage = { issued: 1, seen: 0, floor: 0, parent: 0 }
    const client = { ip: record.ip, userAgent: record.userAgent }
    expect(await one.renew({ jti: record.jti, expected: record, lineage, at: T0 + 1, client })).toBe(true)
    expect(other.peek(record.jti)).toEqual(record)
    expect(one.peek(record.jti)).toMatchObject({ ...lineage, updatedAt: T0 + 1 })
  })

  it.each([
    ['an update', "UPDATE sliding_sessions SET valid = 0 WHERE user_id = 'ada'"],
    ['a deletion', "DELETE FROM sliding_sessions WHERE user_id = 'ada'"],
  ])('sees %s by hand on the very next look', async (_name, statement) => {
    const { one, shell } = twoOn()
    const [hers, his] = [recordOf({ userId: 'ada' }), recordOf({ userId: 'bob' })]
    await one.create(hers)
    await one.create(his)
    shell.exec(statement)
    expect(one.peek(hers.jti)?.valid).toBe(false)
    expect(one.peek(his.jti)?.valid).toBe(true)
  })

  it('is all forgotten where the log was pruned before it was read', async () => {
    const { one, other } = twoOn()
    const records = [recordOf(), recordOf(), recordOf()]
    for (const record of records) {
      await one.create(record)
      await other.find(record.jti)
    }
    const [first, second] = records.map(({ jti }) => jti) as [string, string]
    await one.revoke({ jti: first }, 'admin', T0)
    await one.revoke({ jti: second }, 'admin', T0)
    await one.prune({ createdAt: 0, updatedAt: 0, revokedAt: 0 }, T0 + 4_000_000)
    for (const { jti } of records) expect(other.peek(jti)).toBeUndefined()
  })

  it('is all forgotten where more was logged than is worth reading, and goes on from there', async () => {
    const { one, other, shell } = twoOn()
    const [first, second] = [recordOf(), recordOf()]
    for (const record of [first, second]) await one.create(record)
    for (const { jti } of [first, second]) await other.find(jti)
    fillLog(shell, 10_001)
    expect(other.peek(first.jti)).toBeUndefined()
    await other.find(second.jti)
    await one.revoke({ jti: first.jti }, 'admin', T0)
    expect(other.peek(second.jti)).toEqual(second)
    await one.revoke({ jti: second.jti }, 'admin', T0)
    expect(other.peek(second.jti)?.valid).toBe(false)
  })

  it('does not take in a session that was revoked as soon as it was committed', async () => {
    const { one, shell } = twoOn()
    const record = recordOf()
    const stop = onCommit(() => {
      shell.exec('UPDATE sliding_sessions SET valid = 0')
      one.peek(record.jti)
    })
    onTestFinished(stop)
    await one.create(record)
    stop()
    expect(one.peek(record.jti)?.valid ?? false).toBe(false)
    expect((await one.find(record.jti))?.valid).toBe(false)
  })

  it('is bounded', async () => {
    const { one } = twoOn(undefined, { cacheSize: 10 })
    const records = Array.from({ length: 30 }, () => recordOf())
    for (const record of records) await one.create(record)
    const kept = records.map(({ jti }) => one.peek(jti) !== undefined)
    expect(kept.filter(Boolean).length).toBeLessThanOrEqual(10)
    expect(kept.slice(-5)).toEqual([true, true, true, true, true])
  })

  it('with singleProcess, does not look for other processes', async () => {
    const { one, other } = twoOn(undefined, { singleProcess: true })
    const record = recordOf()
    await one.create(record)
    await other.revoke({ jti: record.jti }, 'admin', T0)
    expect(one.peek(record.jti)?.valid).toBe(true)
    expect((await one.find(record.jti))?.valid).toBe(false)
  })
})

/** Logs many revocations of sessions that nobody knows. */
function fillLog(shell: Database.Database, count: number): void {
  const insert = shell.prepare(
    'INSERT INTO sliding_revocations (at, jti, is_open) VALUES (?, randomblob(16), 0)',
  )
  shell.transaction(() => {
    for (let index = 0; index < count; index += 1) insert.run(T0)
  })()
}

describe('the log of revocations', () => {
  it('is pruned in small batches, but for the last row', async () => {
    const { one, shell } = twoOn()
    fillLog(shell, 1_234)
    const left = () => shell.prepare('SELECT count(*) FROM sliding_revocations').pluck().get() as number
    const counts = [left()]
    onTestFinished(onCommit(() => counts.push(left())))
    await one.prune({ createdAt: 0, updatedAt: 0, revokedAt: 0 }, T0 + 4_000_000)
    const steps = counts.slice(1).map((count, index) => (counts[index] as number) - count)
    expect(counts.at(-1)).toBe(1)
    expect(Math.max(...steps)).toBeLessThanOrEqual(500)
  })

  it('does not tell of what is pruned, which has ended anyway', async () => {
    const { one, shell } = twoOn()
    fillLog(shell, 2)
    for (const createdAt of [T0, T0, T0 + 1]) await one.create(recordOf({ createdAt }))
    expect(await one.prune({ createdAt: T0, updatedAt: 0, revokedAt: 0 }, T0)).toBe(2)
    const seqs = () => shell.prepare('SELECT seq FROM sliding_revocations').pluck().all()
    expect(seqs()).toEqual([1, 2])
    shell.exec('DELETE FROM sliding_sessions')
    expect(seqs()).toEqual([1, 2, 3])
  })

  it('is pruned as far as every process has read it, open revocations excepted', async () => {
    const { one, shell } = twoOn()
    fillLog(shell, 10)
    shell.exec(`UPDATE sliding_revocations SET at = at + 1 WHERE seq > 7`)
    const left = () => shell.prepare('SELECT seq FROM sliding_revocations').pluck().all()
    await one.prune({ createdAt: 0, updatedAt: 0, revokedAt: 0 }, T0 + 3_600_000)
    expect(left()).toEqual([8, 9, 10])
  })
})

describe('a login in the same commit as a revocation of all that went before', () => {
  it('is not taken for revoked', async () => {
    const { one } = twoOn()
    const [before, after] = [recordOf(), recordOf()]
    await one.create(before)
    const revoking = one.revoke({ userId: 'ada' }, 'password_changed', T0)
    await one.create(after)
    await revoking
    expect(one.peek(before.jti)?.valid).toBe(false)
    expect(one.peek(after.jti)?.valid).toBe(true)
    expect((await one.find(after.jti))?.valid).toBe(true)
  })

  it('is revoked where it came first', async () => {
    const { one } = twoOn()
    const record = recordOf()
    const [, revoked] = await Promise.all([
      one.create(record),
      one.revoke({ userId: 'ada' }, 'password_changed', T0),
    ])
    expect(revoked).toBe(1)
    expect(one.peek(record.jti)?.valid).toBe(false)
  })
})

describe('revoking very many sessions of one user', () => {
  const MANY = 3_500

  function fill(shell: Database.Database, userId: string): string[] {
    shell.exec("INSERT OR IGNORE INTO sliding_user_agents VALUES (1, 'agent', 0)")
    const insert = shell.prepare(
      'INSERT INTO sliding_sessions VALUES (randomblob(16), ?, ?, ?, 1, 1, ?, ?, NULL, NULL, NULL, NULL, 0, 0, 0, NULL) RETURNING jti',
    )
    const all = shell.transaction(() =>
      Array.from(
        { length: MANY },
        () => insert.all(userId, toUserKey(userId), '192.0.2.1', T0, T0)[0] as { jti: Buffer },
      ),
    )
    return all().map(({ jti }) => jti.toString('base64url'))
  }

  it('counts for every one of them at once, in every process, while their rows follow', async () => {
    const { one, other, shell } = twoOn()
    const jtis = fill(shell, 'ada')
    const kept = jtis[7] as string
    for (const jti of jtis) await other.find(jti)
    const marked = () => shell.prepare('SELECT count(*) FROM sliding_sessions WHERE NOT valid').pluck().get()

    const revoking = one.revoke({ userId: 'ada', except: kept }, 'admin', T0)
    await new Promise((resolve) => setImmediate(resolve))
    expect(marked()).toBeLessThan(MANY - 1)
    for (const jti of jtis) expect(other.peek(jti)?.valid).toBe(jti === kept)
    for (const jti of jtis) expect((await other.find(jti))?.valid).toBe(jti === kept)

    expect(await revoking).toBe(MANY - 1)
    await vi.waitFor(() => expect(marked()).toBe(MANY - 1))
    expect(shell.prepare('SELECT count(*) FROM sliding_revocations WHERE is_open').pluck().get()).toBe(0)
  })

  it('does not take along a session that begins meanwhile', async () => {
    const { one, other, shell } = twoOn()
    fill(shell, 'ada')
    const revoking = one.revoke({ userId: 'ada' }, 'admin', T0)
    await new Promise((resolve) => setImmediate(resolve))
    const record = recordOf({ userId: 'ada' })
    await other.create(record)
    await revoking
    const valid = () => shell.prepare('SELECT count(*) FROM sliding_sessions WHERE valid').pluck().get()
    await vi.waitFor(() => expect(valid()).toBe(1))
    expect((await one.find(record.jti))?.valid).toBe(true)
    expect(shell.prepare('SELECT count(*) FROM sliding_revocations WHERE is_open').pluck().get()).toBe(0)
  })

  it('is finished by the next prune where its process died', async () => {
    const { one, shell } = twoOn()
    const jtis = fill(shell, 'ada')
    shell.exec("INSERT INTO sliding_revocations VALUES (1, 0, NULL, 'ada', NULL, 'admin', 1)")
    expect((await one.find(jtis[0] as string))?.valid).toBe(false)
    const record = { jti: jtis[1] as string, expected: { issued: 0, seen: 0 } }
    const lineage = { issued: 1, seen: 0, floor: 0, parent: 0 }
    expect(await one.renew({ ...record, lineage, at: T0, client: { ip: '', userAgent: '' } })).toBe(false)
    await one.prune({ createdAt: 0, updatedAt: 0, revokedAt: 0 }, T0)
    expect(shell.prepare('SELECT count(*) FROM sliding_sessions WHERE valid').pluck().get()).toBe(0)
  })
})
