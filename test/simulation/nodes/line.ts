import { mix, Prng } from '../prng.ts'
import type { Timeline } from '../timeline.ts'
import type { Primary } from './primary.ts'

/** How long the driver waits for an answer where a statement does not say so, and for a connection. */
const ANSWER_MS = 5_000
const CONNECT_MS = 3_000

/** A statement on its way. */
export interface Question {
  readonly text?: string
  readonly name?: string
  readonly values?: readonly unknown[]
  readonly query_timeout?: number
}

export interface Result {
  readonly rows: readonly object[]
}

interface Call {
  readonly sentAt: number
  readonly timeout: number
  /** Which server it was sent to. */
  readonly instance: number
  readonly connection: object | undefined
  readonly resolve: (result: Result) => void
  readonly reject: (error: Error) => void
}

export interface LineParts {
  readonly seed: number
  readonly timeline: Timeline
  readonly primary: Primary
  /** The longest that a message takes, one way, while all is well. */
  readonly longest: number
  /** Something happens that goes on without time passing. */
  readonly stir: () => void
}

/** The way from one server to the database: it has delays, breaks, and is half open at times, of which nobody tells. */
export class Line {
  readonly #parts: LineParts
  readonly #prng: Prng
  readonly #calls = new Set<Call>()
  #refusedUntil = 0
  #silentUntil = 0
  #lastFault = Number.NEGATIVE_INFINITY
  #isDead = false

  constructor(parts: LineParts) {
    this.#parts = parts
    this.#prng = new Prng(mix(parts.seed))
  }

  /** Whether anything was wrong with it at a time or later. */
  wasBadSince(time: number): boolean {
    return Math.max(this.#lastFault, this.#refusedUntil, this.#silentUntil) >= time
  }

  /** Sends a statement and answers with its result, as the driver would. */
  ask(question: Question, connection?: object): Promise<Result> {
    return this.#call(question.query_timeout ?? ANSWER_MS, connection, () => this.#run(question))
  }

  /** Settles when a new connection is there. */
  async connect(): Promise<void> {
    await this.#call(CONNECT_MS, undefined, () => [])
  }

  /** Carries a notification, if the line is good until then. */
  notify(onNotification: () => void): void {
    const { instance } = this.#parts.primary
    const delay = this.#prng.chance(0.004) ? this.#prng.between(50, 3_000) : this.#prng.around(10)
    this.#carry(delay, () => {
      if (this.#parts.primary.instance === instance) onNotification()
    })
  }

  /** Every connection breaks, and none can be made for a while. */
  break(duration: number): void {
    this.#refusedUntil = Math.max(this.#refusedUntil, this.#now + duration)
    this.#lastFault = this.#now
    for (const call of this.#calls) this.#fail(call, 'ECONNRESET')
  }

  /** One connection breaks. */
  breakOne(connection: object): void {
    for (const call of this.#calls) if (call.connection === connection) this.#fail(call, 'ECONNRESET')
  }

  /** Nothing arrives for a while, and nobody is told. What is sent meanwhile arrives late. */
  hush(duration: number): void {
    this.#silentUntil = Math.max(this.#silentUntil, this.#now + duration)
    this.#lastFault = this.#now
    for (const call of this.#calls) this.#giveUpInTime(call)
  }

  /** The server died: nobody waits for an answer any more. */
  kill(): void {
    this.#isDead = true
    this.#calls.clear()
  }

  get #now(): number {
    return this.#parts.timeline.now
  }

  #call(timeout: number, connection: object | undefined, run: () => readonly object[]): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    const { instance } = this.#parts.primary
    const call: Call = { sentAt: this.#now, timeout, instance, connection, resolve, reject }
    this.#parts.stir()
    if (this.#isDead) return promise
    this.#calls.add(call)
    if (this.#now < this.#silentUntil) this.#giveUpInTime(call)
    if (this.#now < this.#refusedUntil) this.#carry(1, () => this.#fail(call, 'ECONNREFUSED'))
    else this.#carry(this.#delay(), () => this.#arrive(call, run))
    return promise
  }

  /** What was sent to a server that is gone never arrives; one that is not up yet refuses. */
  #arrive(call: Call, run: () => readonly object[]): void {
    const { primary } = this.#parts
    if (!this.#calls.has(call) || primary.instance !== call.instance) return
    if (!primary.isUp) {
      this.#lastFault = this.#now
      this.#carry(this.#delay(), () => this.#fail(call, 'ECONNREFUSED'))
      return
    }
    const rows = run()
    this.#carry(this.#delay(), () => {
      if (this.#calls.delete(call)) call.resolve({ rows })
    })
  }

  #run({ name, values = [] }: Question): readonly object[] {
    return name === undefined ? [] : this.#parts.primary.run(name, values)
  }

  #giveUpInTime(call: Call): void {
    const left = call.sentAt + call.timeout - this.#now
    this.#parts.timeline.release(Math.max(0, left), () => this.#fail(call, 'Query read timeout'))
  }

  #fail(call: Call, message: string): void {
    if (!this.#calls.delete(call)) return
    this.#parts.stir()
    call.reject(new Error(message))
  }

  /** A message arrives after a delay, or when the line is no longer silent. */
  #carry(delay: number, arrive: () => void): void {
    const { timeline, stir } = this.#parts
    const held = Math.max(0, this.#silentUntil - this.#now)
    timeline.release(held + delay, () => {
      if (this.#isDead) return
      stir()
      arrive()
    })
  }

  #delay(): number {
    if (this.#prng.chance(0.35)) return 0
    return this.#prng.chance(0.9) ? this.#prng.between(0, 3) : this.#prng.between(0, this.#parts.longest)
  }
}
