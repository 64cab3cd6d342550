import fc from 'fast-check'
import { SUBJECTS, type Subject } from './subjects.ts'
import { brokenSubject, wireSubject } from './wire.ts'

/** No single input may keep the event loop for longer, in milliseconds. */
export const LONGEST_MS = 50

/** What a run over generated inputs found. */
export interface HostileReport {
  readonly name: string
  readonly inputs: number
  /** How often each code was answered; of kinds that have no code, the kind. */
  readonly answers: ReadonlyMap<string, number>
  /** For how long the most expensive input kept the thread, in milliseconds. */
  readonly longest: number
  /** The smallest input found that was not handled as it should be, and how. */
  readonly failure: string | undefined
}

/** Everything that is fed, the server behind its port last. */
export const ALL: readonly Subject[] = [...SUBJECTS, brokenSubject, wireSubject]

/**
 * Feeds a subject its share of so many inputs; the same seed gives the same ones.
 *
 * @param limit What an input may cost, in milliseconds; by default that is only reported, as the tests run on
 * machines that have other things to do.
 */
export async function runSubject(
  subject: Subject,
  inputs: number,
  seed: number,
  limit = Number.POSITIVE_INFINITY,
): Promise<HostileReport> {
  const { name, share, inputs: arbitrary, check, end } = subject
  const numRuns = Math.ceil((inputs * share) / 100)
  const answers = new Map<string, number>()
  const strays: unknown[] = []
  const note = (error: unknown) => strays.push(error)
  process.on('unhandledRejection', note).on('uncaughtException', note)
  let longest = 0
  const property = fc.asyncProperty(arbitrary, async (input) => {
    const { answer, cost } = await tried(() => check(input as never), longest)
    answers.set(answer, (answers.get(answer) ?? 0) + 1)
    longest = Math.max(longest, cost)
    if (cost > limit) throw new Error(`kept the event loop for ${cost} ms`)
    if (strays.length > 0) throw new Error(`nobody handled: ${strays.splice(0)[0]}`)
  })
  try {
    const run = await fc.check(property, { numRuns, seed })
    await new Promise(setImmediate)
    const failure = run.failed
      ? `${fc.stringify(run.counterexample)}: ${(run.errorInstance as Error).stack}`
      : strays.map(String)[0]
    return { name, inputs: run.numRuns, answers, longest, failure }
  } finally {
    await end?.()
    process.off('unhandledRejection', note).off('uncaughtException', note)
  }
}

/** The system counts a thread's time in ticks of at most this many milliseconds. */
const TICK_MS = 10

/**
 * What a call answers and costs, in milliseconds: no more than it took, and no more than this thread worked
 * meanwhile, so that a busy machine is not taken for a slow call. What looks dearer than all before is tried
 * again and the least counts, as a collector may have been at work; no subject remembers its inputs.
 */
async function tried(call: () => string | Promise<string>, before: number) {
  let answer = ''
  let cost = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 3 && cost > before; attempt += 1) {
    const [began, worked] = [performance.now(), threadTime()]
    const outcome = call()
    answer = typeof outcome === 'string' ? outcome : await outcome
    cost = Math.min(cost, performance.now() - began, threadTime() - worked + TICK_MS)
  }
  return { answer, cost }
}

/** Where Node cannot tell threads apart (before 24), the time of them all. */
export function threadTime(): number {
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage()
  return (user + system) / 1_000
}
