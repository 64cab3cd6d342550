import fc from 'fast-check'
import { SUBJECTS, type Subject } from './subjects.ts'
import { wireSubject } from './wire.ts'

/** No single input may keep the event loop for longer, in milliseconds. */
export const LONGEST_MS = 50

/** What a run over generated inputs found. */
export interface HostileReport {
  readonly name: string
  readonly inputs: number
  /** For how long the most expensive input kept the thread, in milliseconds. */
  readonly longest: number
  /** The smallest input found that was not handled as it should be, and how. */
  readonly failure: string | undefined
}

/** Everything that is fed, the server behind its port last. */
export const ALL: readonly Subject[] = [...SUBJECTS, wireSubject]

/** Feeds a subject its share of so many inputs; the same seed gives the same ones. */
export async function runSubject(subject: Subject, inputs: number, seed: number): Promise<HostileReport> {
  const { name, share, inputs: arbitrary, check, end } = subject
  const numRuns = Math.ceil((inputs * share) / 100)
  const strays: unknown[] = []
  const note = (error: unknown) => strays.push(error)
  process.on('unhandledRejection', note).on('uncaughtException', note)
  let longest = 0
  const property = fc.asyncProperty(arbitrary, async (input) => {
    const cost = await costOf(() => check(input as never), longest)
    if (cost > LONGEST_MS) throw new Error(`kept the event loop for ${cost} ms`)
    longest = Math.max(longest, cost)
    if (strays.length > 0) throw new Error(`nobody handled: ${strays.splice(0)[0]}`)
  })
  try {
    const {
      failed,
      numRuns: done,
      counterexample,
      errorInstance,
    } = await fc.check(property, { numRuns, seed })
    await new Promise(setImmediate)
    const failure = failed ? `${fc.stringify(counterexample)}: ${(errorInstance as Error).stack}` : undefined
    return { name, inputs: done, longest, failure: failure ?? strays.map(String)[0] }
  } finally {
    await end?.()
    process.off('unhandledRejection', note).off('uncaughtException', note)
  }
}

/** The system counts a thread's time in ticks of at most this many milliseconds. */
const TICK_MS = 10

/**
 * What a call costs, in milliseconds: no more than it took, and no more than this thread worked meanwhile, so
 * that a busy machine is not taken for a slow call. What looks dearer than all before is tried again and the
 * least counts, as a collector may have been at work; no subject remembers its inputs.
 */
async function costOf(call: () => void | Promise<void>, before: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 3 && least > before; attempt += 1) {
    const [began, worked] = [performance.now(), threadTime()]
    const outcome = call()
    if (outcome !== undefined) await outcome
    least = Math.min(least, performance.now() - began, threadTime() - worked + TICK_MS)
  }
  return least
}

/** Where Node cannot tell threads apart (before 24), the time of them all. */
function threadTime(): number {
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage()
  return (user + system) / 1_000
}
