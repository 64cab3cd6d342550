import { describe, expect, test } from 'vitest'
import { handOutAgain, type Mutation } from './mutations.ts'
import { Prng } from './prng.ts'
import type { Intent, TheftPlan } from './script.ts'
import { ORDINARY, type Settings } from './settings.ts'
import { lifetimesToDetection, spreadOf } from './theft.ts'
import { BEGINNING } from './timeline.ts'
import { World } from './world.ts'

const SETTINGS: Settings = { ...ORDINARY, users: 1, devices: 1, medium: 'memory' }
const { tokenTtl } = SETTINGS.rules
const LIFETIMES = 40
const RUNS = 25

/** He passes for a lost answer: at the very expiry, once per lifetime, never with a fresh token. */
const PATIENT: TheftPlan = { what: 'current', fingerprint: 'same', moment: 'expiry', strategy: 'patient' }

/** A busy owner for 40 lifetimes; after two of them the token is copied. */
function writeBusyDay(seed: number): Intent[] {
  const prng = new Prng(seed)
  const script: Intent[] = []
  for (let at = BEGINNING; at < BEGINNING + LIFETIMES * tokenTtl; at += prng.around(tokenTtl / 6)) {
    script.push({ kind: 'act', at, seed: prng.whole(), device: 0, tab: 0, requests: prng.between(1, 3) })
  }
  script.push({ kind: 'steal', at: BEGINNING + 2 * tokenTtl, seed: prng.whole(), device: 0, plan: PATIENT })
  return script.sort((one, other) => one.at - other.at)
}

/** How many lifetimes he lives, in each run; to the end where he is never found. */
async function livesOfThieves(mutation?: Mutation): Promise<number[]> {
  const lives: number[] = []
  for (let seed = 0; seed < RUNS; seed += 1) {
    const script = writeBusyDay(seed)
    const world = new World({ seed, settings: SETTINGS, script, mutation, isCounted: true })
    const [theft] = (await world.run()).thefts
    if (theft?.lastAnswer === undefined) continue
    lives.push(lifetimesToDetection(theft)?.wall ?? LIFETIMES)
  }
  return lives
}

describe('a patient thief beside a busy owner', () => {
  test('is found within about one lifetime, every time', async () => {
    const lives = await livesOfThieves()

    expect(lives.length).toBeGreaterThan(15)
    expect(spreadOf(lives).median).toBeLessThan(1.1)
    expect(spreadOf(lives).max).toBeLessThan(2.5)
  })

  test('lives for many under the usual rule, which hands the same successor out again', async () => {
    const lives = await livesOfThieves({ name: 'usual rule', caughtBy: [], answer: handOutAgain('always') })

    expect(spreadOf(lives).median).toBeGreaterThan(10)
  })
})
