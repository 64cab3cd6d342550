import type { Pool } from 'pg'
import { PostgresSessionStore } from '../../../src/stores/postgres/session-store.ts'
import type { Time } from '../../../src/stores/postgres/time.ts'
import type { Answer, Message } from '../designs/design.ts'
import { InterleavedStore } from '../designs/interleaved-store.ts'
import { Process, type ProcessParts } from '../designs/process.ts'
import { longestOperation } from '../network.ts'
import { Line } from './line.ts'
import { SimulatedPool } from './pool.ts'
import type { Primary } from './primary.ts'

/** Within a server, an operation waits at most so long for its turn. */
const LONGEST_TURN = 5

export interface NodeParts extends ProcessParts {
  readonly seed: number
  readonly primary: Primary
  readonly stir: () => void
  /** A first use may not be in the database, as the line broke. */
  readonly onLost: (session: string) => void
}

/** One life of one server: the real engine on the real PostgreSQL store, with a memory of its own. */
export class Node {
  readonly line: Line
  readonly process: Process
  readonly #pool: SimulatedPool
  readonly #store: PostgresSessionStore
  readonly #timeline: NodeParts['timeline']
  /** Whoever waits for an answer of it. */
  readonly #waiting = new Set<() => void>()
  isReady = false

  constructor(parts: NodeParts) {
    const { seed, timeline, primary, settings, mutation, stir, chanceOf, onLost } = parts
    const longest = longestOperation(settings.rules.grace) / 2
    this.#timeline = timeline
    this.line = new Line({ seed, timeline, primary, longest, stir })
    this.#pool = new SimulatedPool(this.line, primary, mutation?.database)
    const time: Time = { now: () => timeline.now, after: (delay, act) => timeline.background(delay, act) }
    const pool = this.#pool as unknown as Pool
    this.#store = new PostgresSessionStore(pool, async () => undefined, {}, mutation?.time?.(time) ?? time)
    const store = new InterleavedStore(mutation?.store?.(this.#store) ?? this.#store, {
      timeline,
      longest: LONGEST_TURN,
      hiddenPeeks: 0,
      chanceOf,
      onRenewed: () => undefined,
      onRevoked: () => undefined,
      onLost,
    })
    this.process = new Process(store, parts)
  }

  /** Settles when it takes requests; rejects where the database cannot be reached. */
  async start(): Promise<void> {
    await this.#store.start()
    this.isReady = true
  }

  /** Rejects where the server dies before there is an answer. */
  answer(message: Message): Answer | Promise<Answer> {
    const begun = this.#timeline.now
    const answer = this.process.answer(message)
    return answer instanceof Promise
      ? this.#whileAlive(answer.then((late) => this.#excuse(late, begun)))
      : answer
  }

  /** Has it do something; rejects where it dies meanwhile. */
  run<T>(work: (process: Process) => Promise<T>): Promise<T> {
    return this.#whileAlive(work(this.process))
  }

  /** Its connections break; each is told. */
  cut(duration: number): void {
    this.line.break(duration)
    this.#pool.breakClients()
  }

  /** The connection that listens breaks, and no other. */
  cutListener(): void {
    this.#pool.breakClients()
  }

  kill(): void {
    this.isReady = false
    this.line.kill()
    this.process.kill()
    for (const die of this.#waiting) die()
  }

  #whileAlive<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const die = () => reject(new Error('the server died'))
      this.#waiting.add(die)
      work.then(resolve, reject).finally(() => this.#waiting.delete(die))
    })
  }

  /** A server that cannot reach the database says so, and passes nobody. */
  #excuse(answer: Answer, begun: number): Answer {
    return answer.kind === 'unavailable' ? { ...answer, isCut: this.line.wasBadSince(begun) } : answer
  }
}
