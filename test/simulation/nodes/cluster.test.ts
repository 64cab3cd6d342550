import { describe, expect, test } from 'vitest'
import { GOOD_FOR_MS } from '../../../src/stores/postgres/revocation-listener.ts'
import { planWorld, runCampaign } from '../campaign.ts'
import { spreadOf } from '../theft.ts'
import { World } from '../world.ts'
import { NODE_MUTATIONS } from './mutations.ts'

const SEED = 10
const NODES = 3
const BUDGET = 40_000

describe('several servers on one PostgreSQL', () => {
  test(`keep the promises over ${BUDGET} steps, and meet every fault`, async () => {
    const { failure, counts } = await runCampaign(SEED, BUDGET, { nodes: NODES })

    expect(failure).toBeUndefined()
    expect(counts.honestRefusals).toBe(0)
    const { delays, ...faults } = counts.cluster
    for (const [name, count] of Object.entries(faults)) expect(count, name).toBeGreaterThan(0)
    expect(delays.length).toBeGreaterThan(0)
    expect(spreadOf(delays).max).toBeLessThanOrEqual(GOOD_FOR_MS)
    expect(counts.crashes).toBeGreaterThan(0)
  }, 60_000)

  test.each(NODE_MUTATIONS)(
    '$name: is caught',
    async (mutation) => {
      const { failure } = await runCampaign(SEED, BUDGET, { nodes: NODES, mutation })

      expect(mutation.caughtBy).toContain(failure?.violation.invariant)
    },
    60_000,
  )

  test('run the same way again', async () => {
    const history = async () =>
      (await new World({ ...planWorld(SEED, 2, NODES), isRecorded: true }).run(2_000)).history

    const first = await history()

    expect(first.length).toBeGreaterThan(1_000)
    expect(await history()).toEqual(first)
  })
})
