import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { temporaryDatabase } from '../support/files.ts'
import { runKills } from './kills.ts'

it('4 kills under load (npm run faults does 20): all that was acknowledged is there, nobody is logged out', async () => {
  const report = await runKills({
    kills: 4,
    seed: 1,
    database: temporaryDatabase(),
    answers: { least: 20, most: 150 },
  })
  expect(report.broken).toEqual([])
  expect(report.kills).toBe(4)
  expect(Math.min(report.logins, report.renewals, report.revocations)).toBeGreaterThan(5)
})

it('the search for what was acknowledged misses logins, renewals and revocations that are lost', async () => {
  const tamper = (path: string) =>
    void new Database(path)
      .exec(`DELETE FROM sliding_sessions WHERE hex(jti) < '8'`)
      .exec('UPDATE sliding_sessions SET issued = 0, seen = 0, floor = 0')
      .exec('UPDATE sliding_sessions SET valid = TRUE WHERE NOT valid')
      .close()
  const answers = { least: 150, most: 200 }
  const { broken } = await runKills({ kills: 1, seed: 2, database: temporaryDatabase(), answers, tamper })
  for (const loss of [/the login is lost/, /a renewal is lost/, /the revocation is lost/])
    expect(broken.join('\n')).toMatch(loss)
})
