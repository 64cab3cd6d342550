import fc from 'fast-check'
import { SUBJECTS } from './subjects.ts'

/** What a run over generated inputs found. */
export interface HostileReport {
  readonly name: string
  readonly inputs: number
  /** The longest single call, in milliseconds. */
  readonly longest: number
  /** The first input that was not handled as it should be, and how. */
  readonly failure: string | undefined
}

const CHUNK = 2_000

/** Feeds every subject its share of so many inputs; the same seed gives the same ones. */
export function runHostile(inputs: number, seed: number): HostileReport[] {
  return SUBJECTS.map(({ name, share, inputs: arbitrary, check }) => {
    const wanted = Math.ceil((inputs * share) / 100)
    let longest = 0
    for (let done = 0; done < wanted; done += CHUNK) {
      const numRuns = Math.min(CHUNK, wanted - done)
      for (const input of fc.sample(arbitrary, { numRuns, seed: seed + done })) {
        try {
          longest = Math.max(
            longest,
            timeOf(() => check(input as never), longest),
          )
        } catch (error) {
          const failure = `${fc.stringify(input)}: ${(error as Error).stack}`
          return { name, inputs: done, longest, failure }
        }
      }
    }
    return { name, inputs: wanted, longest, failure: undefined }
  })
}

/**
 * How long a call takes, in milliseconds. What looks longer than all before is timed again, and the shortest
 * counts: the machine may have been busy, or the collector at work. No subject remembers its inputs.
 */
function timeOf(call: () => void, before: number): number {
  let shortest = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 3 && shortest > before; attempt += 1) {
    const start = performance.now()
    call()
    shortest = Math.min(shortest, performance.now() - start)
  }
  return shortest
}
