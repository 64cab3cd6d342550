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
        const start = performance.now()
        try {
          check(input as never)
        } catch (error) {
          const failure = `${fc.stringify(input)}: ${(error as Error).stack}`
          return { name, inputs: done, longest, failure }
        }
        longest = Math.max(longest, performance.now() - start)
      }
    }
    return { name, inputs: wanted, longest, failure: undefined }
  })
}
