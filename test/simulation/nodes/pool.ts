import { EventEmitter } from 'node:events'
import type { Line, Question, Result } from './line.ts'
import type { Primary } from './primary.ts'

/** May change what the database answers, to break the protocol; `isFirst` on this connection. */
export type Distortion = (question: Question, rows: readonly object[], isFirst: boolean) => readonly object[]

/** What the store uses of a `pg` Pool, over a simulated line. */
export class SimulatedPool {
  readonly #line: Line
  readonly #primary: Primary
  readonly #distort: Distortion
  readonly #clients = new Set<SimulatedClient>()

  constructor(line: Line, primary: Primary, distort: Distortion = (_question, rows) => rows) {
    this.#line = line
    this.#primary = primary
    this.#distort = distort
  }

  query(question: Question): Promise<Result> {
    return this.#line.ask(question)
  }

  async connect(): Promise<SimulatedClient> {
    await this.#line.connect()
    const client = new SimulatedClient(this.#line, this.#primary, this.#distort, () =>
      this.#clients.delete(client),
    )
    this.#clients.add(client)
    return client
  }

  /** The connections that were given out break, and whoever has them is told. */
  breakClients(): void {
    for (const client of this.#clients) client.break()
  }
}

/** One connection, such as the one that listens. */
class SimulatedClient extends EventEmitter {
  readonly #line: Line
  readonly #primary: Primary
  readonly #distort: Distortion
  readonly #onReleased: () => void
  #stopListening: (() => void) | undefined
  #isFirst = true
  #isReleased = false

  constructor(line: Line, primary: Primary, distort: Distortion, onReleased: () => void) {
    super()
    this.#line = line
    this.#primary = primary
    this.#distort = distort
    this.#onReleased = onReleased
  }

  async query(question: Question | string): Promise<Result> {
    const asked = typeof question === 'string' ? { text: question } : question
    const { rows } = await this.#line.ask(asked, this)
    if (asked.text?.startsWith('LISTEN')) {
      this.#listen()
      return { rows }
    }
    const isFirst = this.#isFirst
    this.#isFirst = false
    return { rows: this.#distort(asked, rows, isFirst) }
  }

  release(): void {
    this.#isReleased = true
    this.#stopListening?.()
    this.#onReleased()
    this.#line.breakOne(this)
  }

  break(): void {
    this.#stopListening?.()
    this.#line.breakOne(this)
    if (!this.#isReleased) this.emit('end')
  }

  #listen(): void {
    this.#stopListening ??= this.#primary.listen(() =>
      this.#line.notify(() => {
        if (!this.#isReleased) this.emit('notification')
      }),
    )
  }
}
