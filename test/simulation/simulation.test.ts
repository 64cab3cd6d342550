import { describe, expect, test } from 'vitest'
import { planWorld, runCampaign } from './campaign.ts'
import { summarise } from './report.ts'
import { BUDGET, SEED } from './test-budget.ts'
import { World } from './world.ts'

describe('the protocol against an adversary', () => {
  test(`holds over ${BUDGET} steps`, async () => {
    const result = await runCampaign(SEED, BUDGET)

    expect(result.failure).toBeUndefined()
    const { steps, honestRefusals, thefts, theftsClosed, detection } = summarise(result)
    expect(steps).toBe(BUDGET)
    expect(honestRefusals).toBe(0)
    expect(thefts).toBeGreaterThan(50)
    expect(theftsClosed / thefts).toBeGreaterThan(0.9)
    expect(detection.median).toBeLessThan(1.5)
  }, 120_000)

  test('meets every fault that it promises', async () => {
    const { counts, thefts } = await runCampaign(SEED + 1, 60_000)

    const { exceptions, cluster: _, honestRefusals, honestLogouts, refreshes, ...rest } = counts
    expect([honestRefusals, honestLogouts, refreshes]).toEqual([0, 0, 0])
    for (const [name, count] of Object.entries(rest)) expect(count, name).toBeGreaterThan(0)
    expect(exceptions.private).toBeGreaterThan(0)
    expect(exceptions.slow).toBeGreaterThan(0)
    const seen = (read: (theft: (typeof thefts)[number]) => string | undefined) => new Set(thefts.map(read))
    expect(seen(({ plan }) => plan.strategy)).toEqual(new Set(['once', 'burst', 'eager', 'patient']))
    expect(seen(({ plan }) => plan.moment)).toEqual(new Set(['now', 'expiry', 'afterGrace', 'late']))
    expect(seen(({ plan }) => plan.fingerprint)).toEqual(new Set(['same', 'other']))
    expect(seen(({ closed }) => closed?.how)).toContain('reuse')
    expect(seen(({ closed }) => closed?.how)).toContain('refused')
  }, 60_000)

  test('runs the same way again', async () => {
    const history = async () =>
      (await new World({ ...planWorld(SEED, 3), isRecorded: true }).run(2_000)).history

    const first = await history()

    expect(first.length).toBeGreaterThan(1_000)
    expect(await history()).toEqual(first)
  })

  test('never writes a token into its history', async () => {
    const { history } = await new World({ ...planWorld(SEED, 3), isRecorded: true }).run(500)

    expect(history.join('\n')).not.toMatch(/eyJ/)
  })
})
