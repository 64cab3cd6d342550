/** When every simulated world begins; any time would do. */
export const BEGINNING = Date.UTC(2026, 0, 5, 8)

/** Something that is to happen at a virtual time. */
export interface Happening {
  readonly at: number
  readonly order: number
  /** `step`: counted as one. `release`: a waiting database operation goes on, which is part of a step. */
  readonly kind: 'step' | 'release'
  readonly run: () => void
}

/** A timer that ticks on whether anybody comes or not. */
interface Timer {
  at: number
  hasRested: boolean
  readonly run: () => void
}

/** Where nothing is to happen for longer than this, timers rest until shortly before the next happening. */
const QUIET = 1_200
const AWAKE = 1_000

/** So long do timers rest at most. */
const LONGEST_REST = 2_400_000

/** The virtual clock with all that is to happen, earliest first; at one time, first planned comes first. */
export class Timeline {
  now = BEGINNING
  /** How many things have happened: tells before from after within one millisecond. */
  tick = 0
  readonly #heap: Happening[] = []
  readonly #timers: Timer[] = []
  #planned = 0

  at(time: number, run: () => void): void {
    this.#push({ at: Math.max(time, this.now), order: this.#planned++, kind: 'step', run })
  }

  after(delay: number, run: () => void): void {
    this.at(this.now + delay, run)
  }

  release(delay: number, run: () => void): void {
    this.#push({ at: this.now + delay, order: this.#planned++, kind: 'release', run })
  }

  /**
   * A timer of a server, such as one that goes off twice a second for days. While nothing else is to happen it is
   * put off, as what it would do then is seen by nobody. Answers with how to call it off.
   */
  background(delay: number, run: () => void): () => void {
    const timer: Timer = { at: this.now + delay, hasRested: false, run }
    this.#timers.push(timer)
    return () => this.#callOff(timer)
  }

  /** Takes what happens next and moves the clock to it; undefined where nothing is planned until `end`. */
  take(end: number): Happening | undefined {
    const next = this.#heap[0]
    if (next === undefined || next.at > end) return undefined
    const timer = this.#timerBefore(next.at)
    if (timer !== undefined) return this.#goOff(timer)
    this.#removeFirst()
    this.now = next.at
    this.tick += 1
    return next
  }

  /** Whether another database operation goes on at this very instant, so that both reach it together. */
  get releasesNow(): boolean {
    const next = this.#heap[0]
    return next?.kind === 'release' && next.at === this.now
  }

  #callOff(timer: Timer): void {
    const place = this.#timers.indexOf(timer)
    if (place >= 0) this.#timers.splice(place, 1)
  }

  #goOff(timer: Timer): Happening {
    this.#callOff(timer)
    this.now = timer.at
    this.tick += 1
    return { at: timer.at, order: this.#planned++, kind: 'release', run: timer.run }
  }

  #timerBefore(time: number): Timer | undefined {
    for (;;) {
      const [first] = this.#timers.toSorted((one, other) => one.at - other.at)
      if (first === undefined || first.at >= time) return undefined
      if (first.hasRested || time - first.at <= QUIET) return first
      // Timers keep their distances of less than half a second.
      first.hasRested = true
      first.at = Math.min(time - AWAKE + (first.at % 500), first.at + LONGEST_REST)
    }
  }

  #push(happening: Happening): void {
    const heap = this.#heap
    let place = heap.length
    heap.push(happening)
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (isBefore(heap[parent] as Happening, happening)) break
      heap[place] = heap[parent] as Happening
      place = parent
    }
    heap[place] = happening
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop() as Happening
    if (heap.length === 0) return
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Happening, heap[child] as Happening))
        child += 1
      if (isBefore(last, heap[child] as Happening)) break
      heap[place] = heap[child] as Happening
      place = child
    }
    heap[place] = last
  }
}

function isBefore(one: Happening, other: Happening): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}
