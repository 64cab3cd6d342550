import { expect } from 'vitest'
import type { Result } from './terminal.ts'
import { normalised, patternOf, type Step } from './transcript.ts'

/** Each command has printed what is shown; where nothing is shown, it has succeeded. */
export function expectShown(
  steps: readonly (Step & { readonly place?: string })[],
  results: readonly Result[],
): void {
  expect(results).toHaveLength(steps.length)
  for (const [index, { command, shown, place = command }] of steps.entries()) {
    const { printed, isSuccess } = results[index] as Result
    if (shown.trim() === '') expect(isSuccess, `${place}: ${printed}`).toBe(true)
    else expect(normalised(printed), place).toMatch(patternOf(shown))
  }
}
