import type { RecordState } from './designs/design.ts'

/** How the generations of one session came about, and which of them were used. */
export interface Line {
  /** By which token each generation came about. */
  readonly parents: Map<number, number>
  /** Generations that the database has lost, and may write once more. */
  readonly lost: Set<number>
  /** When a token last caused a renewal. */
  readonly renewedAt: Map<number, number>
  /** The youngest token that was presented: whatever renews must be that or descend from it. */
  head: number
  /** First uses that may not have reached the database yet. */
  presented: number[]
  /** The last expired token of each side that was answered outside grace. */
  readonly answered: Map<string, number>
  /** The record as it was last seen. */
  last: RecordState | undefined
}

export function newLine(): Line {
  return {
    parents: new Map(),
    lost: new Set(),
    renewedAt: new Map(),
    head: 0,
    presented: [],
    answered: new Map(),
    last: undefined,
  }
}

/** Whether a generation is another one or came about from it, renewal by renewal. */
export function descendsFrom({ parents }: Pick<Line, 'parents'>, gen: number, ancestor: number): boolean {
  let place = gen
  while (place > ancestor) place = parents.get(place) ?? -1
  return place === ancestor
}

/** Whether two tokens are on different branches: neither came about from the other. */
export function isFork(line: Line, one: number, other: number): boolean {
  return !descendsFrom(line, one, other) && !descendsFrom(line, other, one)
}
