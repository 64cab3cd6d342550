import { setTimeout as wait } from 'node:timers/promises'
import { keyOf } from './candidates/all.ts'
import { Child } from './child.ts'
import { answerFor, type Contestant } from './contestant.ts'
import type { questions } from './load.ts'
import { RUN_UP_MS, type Slice } from './pairing.ts'

export type LoadGenerator = Child<typeof questions>

/** The server is asked for the last time shortly before the load ends, so that it is busy all the while. */
const SETTLE_MS = 40

const WARM_UP_MS = 900

/** Of the answers that shall renew, the share that must; those cut off at the end of a slice are not seen. */
const RENEWING = 0.98

/** A load generator on its own core that knows all contestants. */
export async function aim(contestants: readonly Contestant[]): Promise<LoadGenerator> {
  const load: LoadGenerator = new Child('load.ts', 'load')
  for (const { candidate, url, credentials } of contestants) {
    await load.ask('aim', {
      name: keyOf(candidate),
      url: `${url}/me`,
      credentials: credentials.slice(SPENT),
      renews: candidate.path === 'renew',
      bodyLength: answerFor(0).length,
    })
  }
  return load
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
  const firing = load.ask('fire', { name, milliseconds })
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

/** A contestant is warm when a slice spends hardly less CPU on an answer than the one before. */
const WARM = 0.97

/** Puts a contestant under load until the engine has compiled what is hot; none of it counts. */
export async function warmUp(load: LoadGenerator, contestant: Contestant, atMost: number): Promise<void> {
  let before = Number.POSITIVE_INFINITY
  for (let done = 0; done < atMost; done += 1) {
    const { cpu } = await slice(load, contestant, WARM_UP_MS)
    if (done > 0 && cpu > before * WARM) return
    before = cpu
  }
}
