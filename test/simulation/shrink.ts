import type { Conditions, Failure } from './campaign.ts'
import type { Violation } from './promises.ts'
import type { Intent } from './script.ts'
import { World, type WorldResult } from './world.ts'

export interface Shrunk {
  readonly script: readonly Intent[]
  readonly violation: Violation
  readonly history: readonly string[]
}

/** Finds a short script that breaks the same invariant, and tells what happens in it. */
export async function shrink({ plan, violation }: Failure, conditions: Conditions): Promise<Shrunk> {
  const run = (script: readonly Intent[], isRecorded: boolean): Promise<WorldResult> =>
    new World({ ...plan, ...conditions, script, isRecorded }).run()
  const fails = async (script: readonly Intent[]) =>
    (await run(script, false)).violation?.invariant === violation.invariant

  const script = await shortest(plan.script, fails)
  const result = await run(script, true)
  return { script, violation: result.violation ?? violation, history: result.history }
}

/**
 * Delta debugging (Zeller and Hildebrandt): leaves out ever smaller parts as long as what is left still fails. No
 * single element of the result can be left out.
 */
export async function shortest<T>(
  list: readonly T[],
  fails: (list: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let left: readonly T[] = await withoutEnd(list, fails)
  let parts = 2
  while (left.length > 1) {
    const size = Math.ceil(left.length / parts)
    const shorter = await withoutOnePart(left, size, fails)
    if (shorter !== undefined) {
      left = shorter
      parts = Math.max(2, parts - 1)
    } else if (size > 1) {
      parts = Math.min(left.length, 2 * parts)
    } else {
      break
    }
  }
  return left
}

/** What comes after the failure needs no search. */
async function withoutEnd<T>(list: readonly T[], fails: (list: readonly T[]) => Promise<boolean>) {
  let [passing, failing] = [0, list.length]
  while (failing - passing > 1) {
    const middle = (passing + failing) >> 1
    if (await fails(list.slice(0, middle))) failing = middle
    else passing = middle
  }
  return list.slice(0, failing)
}

async function withoutOnePart<T>(
  list: readonly T[],
  size: number,
  fails: (list: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | undefined> {
  for (let from = 0; from < list.length; from += size) {
    const rest = list.toSpliced(from, size)
    if (rest.length > 0 && (await fails(rest))) return rest
  }
  return undefined
}
