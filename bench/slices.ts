import { setTimeout as wait } from 'node:timers/promises'
import { keyOf } from './candidates/all.ts'
import { Child } from './child.ts'
import { answerFor, type Contestant } from './contestant.ts'
import type { questions } from './load.ts'
import { RUN_UP_MS, type Slice } from './pairing.ts'
import type { Progress } from './progress.ts'

/** A load generator that knows its targets. */
export interface LoadGenerator {
  readonly child: Child<typeof questions>
  readonly awake: boolean
}

/** The server is asked for the last time shortly before the load ends, so that it is busy all the while. */
const SETTLE_MS = 40

const WARM_UP_MS = 1_000

/** Of the answers that shall renew, the share that must; those cut off at the end of a slice are not seen. */
const RENEWING = 0.98

/** A load generator on its own core that knows all contestants. */
export async function aim(contestants: readonly Contestant[], awake: boolean): Promise<LoadGenerator> {
  const child: LoadGenerator['child'] = new Child('load.ts', 'load')
  for (const { candidate, url, credentials } of contestants) {
    await child.ask('aim', {
      name: keyOf(candidate),
      url: `${url}/me`,
      credentials: credentials.slice(SPENT),
      renews: candidate.path === 'renew',
      bodyLength: answerFor(0).length,
    })
  }
  return { child, awake }
}

/** Sessions that the proof used up, revoked or renewed. */
export const SPENT = 10

/** Puts one contestant under load for a while. */
export async function slice(
  load: LoadGenerator,
  contestant: Contestant,
  milliseconds: number,
): Promise<Slice> {
  const { candidate, server } = contestant
  const name = keyOf(candidate)
  const firing = load.child.ask('fire', { name, milliseconds, awake: load.awake })
  await wait(RUN_UP_MS)
  const before = await server.ask('usage')
  await wait(Math.max(0, milliseconds - RUN_UP_MS - SETTLE_MS))
  const after = await server.ask('usage')
  const { rate, p99, failures, answers, renewals } = await firing
  if (failures > 0) throw new Error(`${name}: ${failures} of ${answers} answers were wrong or missing`)
  if (candidate.path === 'renew' && renewals < answers * RENEWING) {
    throw new Error(`${name}: only ${renewals} of ${answers} answers renewed a session`)
  }
  const cpu = after.cpu - before.cpu
  return { rate, p99, cpu: cpu / (after.answers - before.answers), busy: cpu / (after.time - before.time) }
}

/** After as many answers the engine has compiled what is hot; until then they cost up to twice as much. */
const WARM_ANSWERS = 20_000

/** So many slices of warm-up are enough for those who are slow by themselves. */
const WARM_SLICES = 8

/**
 * Puts contestants under load in turn until all are warm, or nothing is left of the time; none of it counts.
 * `seconds` are told from the beginning of the run.
 */
export async function warmUp(
  load: LoadGenerator,
  contestants: readonly Contestant[],
  progress: Progress,
  seconds: number,
): Promise<void> {
  let cold = contestants
  for (let done = 0; done < WARM_SLICES && cold.length > 0; done += 1) {
    const still: Contestant[] = []
    for (const contestant of cold) {
      if (progress.seconds > seconds) return
      const name = keyOf(contestant.candidate)
      progress.say(`warming up: ${name}`)
      await load.child.ask('fire', { name, milliseconds: WARM_UP_MS, awake: load.awake })
      if ((await contestant.server.ask('usage')).answers < WARM_ANSWERS) still.push(contestant)
    }
    cold = still
  }
}
