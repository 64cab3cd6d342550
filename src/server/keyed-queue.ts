/** How much a queue takes. */
export interface QueueBounds {
  /** Tasks of all keys that run at once. */
  readonly running: number
  /** Tasks of one key that wait or run. */
  readonly perKey: number
  /** Tasks of all keys that wait or run. */
  readonly total: number
}

interface Lane {
  length: number
  tail: Promise<unknown>
}

/** Runs the tasks of one key one after another, and those of different keys side by side, within bounds. */
export class KeyedQueue {
  readonly #bounds: QueueBounds
  readonly #lanes = new Map<string, Lane>()
  readonly #waiting: (() => void)[] = []
  #running = 0
  #total = 0

  constructor(bounds: QueueBounds) {
    this.#bounds = bounds
  }

  /** Runs a task when its turn comes; undefined where too many are waiting. */
  run<T>(key: string, task: () => Promise<T>): Promise<T> | undefined {
    const lane = this.#lanes.get(key) ?? { length: 0, tail: Promise.resolve() }
    if (lane.length >= this.#bounds.perKey || this.#total >= this.#bounds.total) return undefined
    this.#enter(key, lane)
    const turn = lane.tail.then(() => this.#inSlot(task)).finally(() => this.#leave(key, lane))
    lane.tail = turn.catch(() => undefined)
    return turn
  }

  async #inSlot<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running < this.#bounds.running) this.#running += 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await task()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running -= 1
      else next()
    }
  }

  #enter(key: string, lane: Lane): void {
    this.#lanes.set(key, lane)
    lane.length += 1
    this.#total += 1
  }

  #leave(key: string, lane: Lane): void {
    lane.length -= 1
    this.#total -= 1
    if (lane.length === 0) this.#lanes.delete(key)
  }
}
