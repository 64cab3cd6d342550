import { expect, it } from 'vitest'
import { runHostile } from './run.ts'

it.each(runHostile(40_000, 1))(
  '$name: $inputs of 40,000 generated inputs in all (npm run hostile does a million)',
  (report) => {
    expect(report.failure).toBeUndefined()
    expect(report.inputs).toBeGreaterThan(0)
  },
)
