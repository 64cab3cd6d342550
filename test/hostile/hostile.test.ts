import { it } from 'vitest'
import { ALL, runSubject } from './run.ts'

/** A million in the full run: `npm run hostile`, which asserts what each may cost as well. */
const INPUTS = 20_000

it.for(ALL)(
  '$name: its share of 20,000 generated inputs breaks nothing',
  async (subject, { annotate, expect }) => {
    const { failure, inputs, answers, longest } = await runSubject(subject, INPUTS, 1)
    await annotate(`${longest.toFixed(1)} ms for the dearest of ${inputs}`, 'notice')
    expect(failure).toBeUndefined()
    expect(inputs).toBeGreaterThan(0)
    expect([...answers.values()].reduce((sum, count) => sum + count)).toBe(inputs)
  },
)
