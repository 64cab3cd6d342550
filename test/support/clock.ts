import { T0 } from './records.ts'

/** A clock that stands still until a test moves it. */
export interface Clock {
  readonly now: () => number
  advance(milliseconds: number): void
}

export function clockAt(start = T0): Clock {
  let time = start
  return {
    now: () => time,
    advance(milliseconds) {
      time += milliseconds
    },
  }
}
