import { endCommit, startCommit } from '../commits.ts'
import { sqlStateOf } from './query.ts'

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

export interface BatchQueueParts<Item, Result> {
  /** Items of one key are written one after another. Default: items are written in their order. */
  readonly keyOf?: (item: Item) => string
  /** Statements on their way at a time. Default 2: while one waits for its commit, another can travel. */
  readonly atOnce?: number
  /** Writes items of different keys in one statement, and answers with a result for each. */
  readonly write: (items: readonly Item[]) => Promise<readonly Result[]>
}

/** The most items of one statement. */
const MOST_ITEMS = 500

/** Classes of errors that one bad item can cause: data, constraints, deadlocks, and a lock or a time that ran out. */
const OF_ONE_ITEM = /^(21|22|23|40|55P03|57014)/

/**
 * Group commit over a network: what arrives in one turn of the event loop, and while earlier batches are on
 * their way, is written by one statement, in one round trip, with one wait for the disk. Each item is answered
 * only after its commit.
 */
export class BatchQueue<Item, Result> {
  readonly #keyOf
  readonly #atOnce
  readonly #write
  #waiting: Waiting<Item, Result>[] = []
  #running = 0
  #isScheduled = false
  #onIdle: (() => void)[] = []

  constructor({ keyOf, atOnce = 2, write }: BatchQueueParts<Item, Result>) {
    this.#keyOf = keyOf
    this.#atOnce = atOnce
    this.#write = write
  }

  /** Writes an item with the next batch. Rejects where it was not written, or the connection broke meanwhile. */
  run(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      this.#schedule()
    })
  }

  /** Settled when nothing waits and nothing is on its way. */
  async idle(): Promise<void> {
    if (this.#running === 0 && this.#waiting.length === 0) return
    await new Promise<void>((resolve) => {
      this.#onIdle.push(resolve)
    })
  }

  #schedule(): void {
    if (this.#isScheduled || this.#running === this.#atOnce || this.#waiting.length === 0) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#flush(this.#takeBatch())
    })
  }

  /** Sorted by key, so that two batches lock their rows in one order; a second item of a key waits. */
  #takeBatch(): Waiting<Item, Result>[] {
    const keyOf = this.#keyOf
    if (keyOf === undefined) return this.#waiting.splice(0, MOST_ITEMS)
    const batch = new Map<string, Waiting<Item, Result>>()
    const left: Waiting<Item, Result>[] = []
    for (const entry of this.#waiting) {
      const key = keyOf(entry.item)
      if (batch.size === MOST_ITEMS || batch.has(key)) left.push(entry)
      else batch.set(key, entry)
    }
    this.#waiting = left
    return [...batch].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => entry)
  }

  async #flush(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    this.#running += 1
    this.#schedule()
    await this.#settle(batch)
    this.#running -= 1
    this.#schedule()
    if (this.#running > 0 || this.#waiting.length > 0) return
    for (const resolve of this.#onIdle.splice(0)) resolve()
  }

  /** Where one item may be the cause, each is tried by itself, so that it fails alone. */
  async #settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    const started = startCommit()
    try {
      const results = await this.#write(batch.map(({ item }) => item))
      endCommit(started, batch.length)
      batch.forEach(({ resolve }, index) => {
        resolve(results[index] as Result)
      })
    } catch (error) {
      if (batch.length > 1 && OF_ONE_ITEM.test(sqlStateOf(error) ?? '')) {
        await Promise.all(batch.map((entry) => this.#settle([entry])))
      } else {
        for (const { reject } of batch) reject(error)
      }
    }
  }
}
