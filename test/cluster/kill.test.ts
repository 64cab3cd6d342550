import { expect, test } from 'vitest'
import { runKills } from '../faults/kills.ts'
import { temporaryDatabase } from '../support/files.ts'

test('2 kills of one of 3 processes on one file: the others go on, and all that was acknowledged by any is there for all', async () => {
  const answers = { least: 60, most: 150 }
  const report = await runKills({ kills: 2, seed: 3, survivors: 2, answers, database: temporaryDatabase() })
  expect(report.broken).toEqual([])
  expect(report.kills).toBe(2)
  expect(Math.min(report.logins, report.renewals, report.revocations)).toBeGreaterThan(5)
})
