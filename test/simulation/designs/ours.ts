import Database from 'better-sqlite3'
import type { RevocationReason } from '../../../src/protocol/types.ts'
import { Chances } from './chances.ts'
import { countStatements } from './count-statements.ts'
import type { Answer, Design, Message, RecordState, Records } from './design.ts'
import { Medium } from './medium.ts'
import { openStore, Process, type ProcessParts } from './process.ts'

/** A record by its key. */
export const RECORD =
  'SELECT issued, seen, floor, parent, valid, updated_at AS updatedAt FROM sliding_sessions WHERE jti = ?'

interface OurParts extends Omit<ProcessParts, 'chanceOf'> {
  readonly seed: number
  /** Counts what reaches the database. */
  readonly isCounted: boolean
}

/** The design of this package: its database, and the processes that live on it one after the other. */
export class Ours implements Design, Records {
  readonly name = 'ours'
  readonly needsRefresh = false
  readonly asksEachTime = true
  readonly traffic = { reads: 0, writes: 0 }
  readonly #parts: OurParts
  readonly #chances: Chances
  readonly #medium: Medium
  #database: Database.Database
  #process: Process
  #readRecord: Database.Statement
  #copy: Buffer | undefined

  constructor(parts: OurParts) {
    this.#parts = parts
    this.#chances = new Chances(parts.seed)
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
    const chanceOf = (source: string, user: string) => this.#chances.of(source, user)
    const parts = { ...this.#parts, chanceOf }
    return new Process(openStore(this.#database, parts), parts)
  }

  #open(copy?: Buffer): Database.Database {
    const database = this.#medium.open(copy)
    if (this.#parts.isCounted) countStatements(database, this.traffic)
    return database
  }
}

/** Past the counting, where there is any. */
function prepareReading(database: Database.Database): Database.Statement {
  return Database.prototype.prepare.call(database, RECORD)
}
