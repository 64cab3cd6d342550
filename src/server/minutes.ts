import type { Timestamp } from '../index.ts'

/** How many minutes are kept, the current one among them. */
export const MINUTES_KEPT = 60

const MINUTE_MS = 60_000

/** Something for each of the last 60 minutes. Older minutes give way to new ones, so it never grows. */
export class Minutes<T> {
  readonly #make: () => T
  readonly #slots: ({ readonly minute: number; readonly value: T } | undefined)[] = []

  /** `make` gives what a minute begins with. */
  constructor(make: () => T) {
    this.#make = make
  }

  /** What belongs to the minute of a time. */
  at(time: Timestamp): T {
    const minute = Math.floor(time / MINUTE_MS)
    const place = minute % MINUTES_KEPT
    const slot = this.#slots[place]
    if (slot?.minute === minute) return slot.value
    const value = this.#make()
    this.#slots[place] = { minute, value }
    return value
  }

  /** The minutes up to a time, the oldest first; undefined where nothing was put. */
  until(time: Timestamp): (T | undefined)[] {
    const last = Math.floor(time / MINUTE_MS)
    return Array.from({ length: MINUTES_KEPT }, (_, index) => {
      const minute = last - MINUTES_KEPT + 1 + index
      const slot = this.#slots[minute % MINUTES_KEPT]
      return slot?.minute === minute ? slot.value : undefined
    })
  }
}

/** When the oldest of the minutes up to a time began. */
export function firstMinute(time: Timestamp): Timestamp {
  return (Math.floor(time / MINUTE_MS) - MINUTES_KEPT + 1) * MINUTE_MS
}
