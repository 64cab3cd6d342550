import { NaiveSingleToken } from './designs/naive.ts'
import { RotatingPair } from './designs/pair.ts'
import { ReloginAtExpiry } from './designs/relogin.ts'
import { addCounts, type Counts, noCounts } from './ledger.ts'
import { mix } from './prng.ts'
import { writeScript } from './script.ts'
import { ORDINARY, type Settings } from './settings.ts'
import { spreadOf, type Theft, wasAlarm } from './theft.ts'
import { type DesignMaker, World } from './world.ts'

/** One row of the comparison. */
export interface DesignResult {
  readonly name: string
  readonly deviceDays: number
  readonly honestLogoutsPer1000DeviceDays: number
  /** From the copy until its thief is shut out, in milliseconds, of the copies that were answered at all. */
  readonly stolenWorks: { readonly median: number; readonly max: number }
  /** The same for all copies, ascending, 0 for those that were not: what the plot shows. */
  readonly stolenLives: readonly number[]
  /** Thieves who go on until they are refused. */
  readonly thefts: number
  /** Of those whose copy was answered at all: how many the server noticed. */
  readonly detectedShare: number
  readonly readsPerRequest: number
  readonly writesPerRequest: number
  /** Refreshes and logins. */
  readonly extraPer1000Requests: number
}

/** What worlds without thieves add up to. */
interface HonestYear {
  readonly counts: Counts
  reads: number
  writes: number
  deviceDays: number
}

/** The four designs. Ours is the default of a world. */
const DESIGNS: readonly { readonly name: string; readonly design: DesignMaker | undefined }[] = [
  { name: 'naive single token', design: (...around) => new NaiveSingleToken(...around) },
  { name: 're-login at expiry', design: (...around) => new ReloginAtExpiry(...around) },
  { name: 'access + refresh pair', design: (...around) => new RotatingPair(...around) },
  { name: 'sliding-jwt', design: undefined },
]

/** Puts the same people, lines and thieves before each design. */
export async function compareDesigns(seed: number, worlds: number): Promise<DesignResult[]> {
  const results: DesignResult[] = []
  for (const { name, design } of DESIGNS) results.push(await measure(name, design, seed, worlds))
  return results
}

/**
 * Each world is lived through twice: without thieves, which shows what honest people pay, and with them, which shows
 * what becomes of stolen copies.
 */
async function measure(
  name: string,
  design: DesignMaker | undefined,
  campaignSeed: number,
  worlds: number,
): Promise<DesignResult> {
  const honest: HonestYear = { counts: noCounts(), reads: 0, writes: 0, deviceDays: 0 }
  const thefts: Theft[] = []
  const settings = design === undefined ? ORDINARY : withoutFingerprint(ORDINARY)
  for (let number = 0; number < worlds; number += 1) {
    const seed = mix(campaignSeed, number)
    const script = writeScript(seed, settings)
    const quiet = script.filter(({ kind }) => kind !== 'steal')
    const peace = await new World({ seed, settings, script: quiet, design, isCounted: true }).run()
    addCounts(honest.counts, peace.counts)
    honest.reads += peace.traffic.reads
    honest.writes += peace.traffic.writes
    honest.deviceDays += (settings.devices * peace.elapsed) / 86_400_000
    const war = await new World({ seed, settings, script, design }).run()
    if (war.violation !== undefined) throw new Error(`World ${number}: ${war.violation.invariant}`)
    thefts.push(...war.thefts)
  }
  return summarise(name, honest, thefts)
}

/** None of the other designs compares fingerprints. */
function withoutFingerprint(settings: Settings): Settings {
  return { ...settings, rules: { ...settings.rules, fingerprint: 'off' } }
}

function summarise(name: string, honest: HonestYear, thefts: readonly Theft[]): DesignResult {
  const persistent = thefts.filter(({ plan, firstUse }) => plan.strategy !== 'once' && firstUse !== undefined)
  const worked = persistent.filter(({ lastAnswer }) => lastAnswer !== undefined)
  const { counts, deviceDays } = honest
  const { requests, refreshes, logins, honestLogouts } = counts
  const { median, max } = spreadOf(worked.map(lifeOf))
  return {
    name,
    deviceDays,
    honestLogoutsPer1000DeviceDays: (1000 * honestLogouts) / deviceDays,
    stolenWorks: { median, max },
    stolenLives: persistent.map(lifeOf).sort((one, other) => one - other),
    thefts: persistent.length,
    detectedShare: worked.filter(wasAlarm).length / Math.max(1, worked.length),
    readsPerRequest: honest.reads / requests,
    writesPerRequest: honest.writes / requests,
    extraPer1000Requests: (1000 * (refreshes + logins)) / requests,
  }
}

/** How long a copy works: until its thief is shut out, not at all where it never got an answer. */
function lifeOf({ copiedAt, lastAnswer, shutOutAt }: Theft): number {
  return lastAnswer === undefined ? 0 : shutOutAt - copiedAt
}
