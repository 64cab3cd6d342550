import { describe, expect, test } from 'vitest'
import { runCampaign } from './campaign.ts'
import { MUTATIONS } from './mutations.ts'
import { shrink } from './shrink.ts'
import { BUDGET, SEED } from './test-budget.ts'

describe('the simulation has teeth', () => {
  test.each(MUTATIONS)(
    '$name is caught',
    async (mutation) => {
      const { failure } = await runCampaign(SEED, BUDGET, { mutation })

      expect(mutation.caughtBy).toContain(failure?.violation.invariant)
    },
    60_000,
  )

  test('a failure is shrunk to a few deeds, and their history is told', async () => {
    const mutation = MUTATIONS.find(({ name }) => name === 'reuse does not revoke')
    const { failure } = await runCampaign(SEED, BUDGET, { mutation })
    if (failure === undefined) throw new Error('The mutation was not caught.')

    const { script, violation, history } = await shrink(failure, { mutation })

    expect(script.length).toBeLessThan(10)
    expect(script.length).toBeLessThan(failure.plan.script.length / 100)
    expect(violation.invariant).toBe(failure.violation.invariant)
    expect(history.at(-1)).toContain('token_reused')
  }, 60_000)
})
