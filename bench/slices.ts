import { setTimeout as wait } from 'node:timers/promises'
import { keyOf } from './candidates/all.ts'
import { Child } from './child.ts'
import { answerFor, type Contestant } from './contestant.ts'
import type { questions } from './load.ts'
import { RUN_UP_MS, type Slice } from './pairing.ts'

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

/** Puts a contestant under load until it is warm, or for at most as many slices; none of it counts. */
export async function warmUp(
  load: LoadGenerator,
  { candidate, server }: Contestant,
  atMost: number,
): Promise<void> {
  for (let done = 0; done < atMost; done += 1) {
    await load.child.ask('fire', { name: keyOf(candidate), milliseconds: WARM_UP_MS, awake: load.awake })
    if ((await server.ask('usage')).answers > WARM_ANSWERS) return
  }
}
