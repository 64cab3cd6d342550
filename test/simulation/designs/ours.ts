import Database from 'better-sqlite3'
import type { Lineage, RevocationReason } from '../../../src/protocol/types.ts'
import { mix, Prng } from '../prng.ts'
import { countStatements } from './count-statements.ts'
import type { Answer, Design, Message } from './design.ts'
import { Medium } from './medium.ts'
import { Process, type ProcessParts } from './process.ts'

/** What the invariants look at in a record, read past the engine and its store. */
export interface RecordState extends Lineage {
  readonly valid: number
  readonly updatedAt: number
}

const RECORD =
  'SELECT issued, seen, floor, parent, valid, updated_at AS updatedAt FROM sliding_sessions WHERE jti = ?'

interface OurParts extends Omit<ProcessParts, 'chanceOf'> {
  readonly seed: number
  /** Counts what reaches the database. */
  readonly isCounted: boolean
}

/** The design of this package: its database, and the processes that live on it one after the other. */
export class Ours implements Design {
  readonly name = 'ours'
  readonly needsRefresh = false
  readonly asksEachTime = true
  readonly traffic = { reads: 0, writes: 0 }
  readonly #parts: OurParts
  readonly #chances = new Map<string, Prng>()
  readonly #medium: Medium
  #database: Database.Database
  #process: Process
  #readRecord: Database.Statement
  #copy: Buffer | undefined

  constructor(parts: OurParts) {
    this.#parts = parts
    this.#medium = new Medium(parts.settings.medium)
    this.#database = this.#open()
    this.#process = this.#start()
    this.#readRecord = prepareReading(this.#database)
    Object.assign(this.traffic, { reads: 0, writes: 0 })
  }

  answer(message: Message): Answer | Promise<Answer> {
    return this.#process.answer(message)
  }

  async revoke(session: string, reason: RevocationReason): Promise<void> {
    await this.#process.sessions.revoke(session, reason)
  }

  async revokeAll(user: string, reason: RevocationReason): Promise<void> {
    await this.#process.sessions.revokeAll(user, reason)
  }

  async prune(): Promise<void> {
    await this.#process.sessions.prune()
  }

  crash(): void {
    this.#process.kill()
    this.#process = this.#start()
  }

  copy(): void {
    this.#copy = this.#database.serialize()
  }

  restore(): boolean {
    if (this.#copy === undefined) return false
    this.#process.kill()
    this.#database.close()
    this.#database = this.#open(this.#copy)
    this.#copy = undefined
    this.#process = this.#start()
    this.#readRecord = prepareReading(this.#database)
    return true
  }

  settle(): Promise<void> {
    return this.#process.store.settle()
  }

  close(): void {
    this.#process.kill()
    this.#database.close()
    this.#medium.discard()
  }

  /** The record as the database has it; undefined where there is none. */
  record(session: string): RecordState | undefined {
    return this.#readRecord.get(Buffer.from(session, 'base64url')) as RecordState | undefined
  }

  /** Whether an operation on this session still waits to reach the database. */
  isWaiting(session: string): boolean {
    return this.#process.store.isWaiting(session)
  }

  #start(): Process {
    const chanceOf = (source: string, user: string) => this.#chanceOf(source, user)
    return new Process(this.#database, { ...this.#parts, chanceOf })
  }

  #open(copy?: Buffer): Database.Database {
    const database = this.#medium.open(copy)
    if (this.#parts.isCounted) countStatements(database, this.traffic)
    return database
  }

  /** A source of chance for each session and each user, so that what happens to one does not move another. */
  #chanceOf(source: string, user: string): Prng {
    let chance = this.#chances.get(source)
    if (chance === undefined) {
      const owner = source === user ? undefined : this.#chanceOf(user, user)
      chance = new Prng(owner?.whole() ?? mix(this.#parts.seed, ...Buffer.from(source)))
      this.#chances.set(source, chance)
    }
    return chance
  }
}

/** Past the counting, where there is any. */
function prepareReading(database: Database.Database): Database.Statement {
  return Database.prototype.prepare.call(database, RECORD)
}
