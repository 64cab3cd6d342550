import Database from 'better-sqlite3'
import { expect, it, test } from 'vitest'
import { temporaryDatabase } from '../support/files.ts'
import { runKills } from './kills.ts'

test('4 kills under load (npm run faults does 20): all that was acknowledged is there, nobody is logged out', async () => {
  const report = await runKills({ kills: 4, seed: 1, database: temporaryDatabase() })
  expect(report.broken).toEqual([])
  expect(report.kills).toBe(4)
  expect(Math.min(report.logins, report.renewals, report.revocations)).toBeGreaterThan(5)
})

it.each([
  ['a login', 'DELETE FROM sliding_sessions', /the login is lost/],
  ['a renewal', 'UPDATE sliding_sessions SET issued = 0, seen = 0, floor = 0', /a renewal is lost/],
  ['a revocation', 'UPDATE sliding_sessions SET valid = TRUE WHERE NOT valid', /the revocation is lost/],
])('the search for what was acknowledged misses %s that is lost', async (_what, loss, found) => {
  const tamper = (path: string) => void new Database(path).exec(loss).close()
  const answers = { least: 150, most: 200 }
  const report = await runKills({ kills: 1, seed: 2, database: temporaryDatabase(), answers, tamper })
  expect(report.broken.join('\n')).toMatch(found)
})
