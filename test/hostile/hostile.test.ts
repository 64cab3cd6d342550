import { expect, it } from 'vitest'
import { ALL, LONGEST_MS, runSubject } from './run.ts'

/** A million in the full run: `npm run hostile`. */
const INPUTS = 20_000

it.each(ALL)('$name: its share of 20,000 generated inputs breaks nothing', async (subject) => {
  const report = await runSubject(subject, INPUTS, 1)
  expect(report.failure).toBeUndefined()
  expect(report.inputs).toBeGreaterThan(0)
  expect(report.longest).toBeLessThan(LONGEST_MS)
})
