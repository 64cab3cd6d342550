import { addCounts, type Counts, noCounts } from './ledger.ts'
import type { Mutation } from './mutations.ts'
import { withFaults } from './nodes/faults.ts'
import { mix, Prng } from './prng.ts'
import type { Promised, Violation } from './promises.ts'
import { type Intent, writeScript } from './script.ts'
import { drawSettings, onNodes, type Settings } from './settings.ts'
import type { Theft } from './theft.ts'
import { World } from './world.ts'

/** How to break the protocol, and what not to look at. */
export interface Conditions {
  readonly mutation?: Mutation | undefined
  readonly ignored?: ReadonlySet<Promised> | undefined
  /** Servers on one database. Default 1. */
  readonly nodes?: number | undefined
}

/** One world of a seed, before anything happened in it. */
export interface Plan {
  readonly number: number
  readonly seed: number
  readonly settings: Settings
  readonly script: readonly Intent[]
}

export interface Failure {
  readonly plan: Plan
  readonly violation: Violation
}

export interface CampaignResult {
  readonly nodes: number
  readonly steps: number
  readonly worlds: number
  readonly counts: Counts
  readonly thefts: readonly Theft[]
  readonly failure: Failure | undefined
}

/** The world of a number: the same for the same seed, whatever came before it. */
export function planWorld(campaignSeed: number, number: number, nodes = 1): Plan {
  const seed = mix(campaignSeed, number)
  const drawn = drawSettings(new Prng(seed))
  const settings = nodes === 1 ? drawn : onNodes(nodes, drawn)
  const script = writeScript(seed, settings)
  return { number, seed, settings, script: nodes === 1 ? script : withFaults(script, seed, settings) }
}

/** Runs world after world until so many steps are done, or an invariant broke. */
export async function runCampaign(
  seed: number,
  steps: number,
  conditions: Conditions = {},
): Promise<CampaignResult> {
  const counts = noCounts()
  const thefts: Theft[] = []
  let [done, worlds] = [0, 0]
  let failure: Failure | undefined
  while (done < steps && failure === undefined) {
    const plan = planWorld(seed, worlds, conditions.nodes)
    const result = await new World({ ...plan, ...conditions }).run(steps - done)
    done += result.steps
    worlds += 1
    addCounts(counts, result.counts)
    thefts.push(...result.thefts)
    if (result.violation !== undefined) failure = { plan, violation: result.violation }
  }
  return { nodes: conditions.nodes ?? 1, steps: done, worlds, counts, thefts, failure }
}
