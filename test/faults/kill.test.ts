import { expect, test } from 'vitest'
import { temporaryDatabase } from '../support/files.ts'
import { runKills } from './kills.ts'

test('4 kills under load (npm run faults does 20): all that was acknowledged is there, nobody is logged out', async () => {
  const report = await runKills({ kills: 4, seed: 1, database: temporaryDatabase() })
  expect(report.broken).toEqual([])
  expect(report.kills).toBe(4)
  expect(Math.min(report.logins, report.renewals, report.revocations)).toBeGreaterThan(0)
})
