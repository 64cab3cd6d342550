import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'

/** Where a simulated database lies. A file is as in production, with a write-ahead log, but never synced to disk. */
export type MediumKind = 'memory' | 'file'

/** Opens one database after the other: an empty one, or a copy that takes the place of the one before. */
export class Medium {
  readonly #folder: string | undefined

  constructor(kind: MediumKind) {
    this.#folder = kind === 'file' ? mkdtempSync(join(tmpdir(), 'simulation-')) : undefined
  }

  open(copy?: Buffer): Database.Database {
    if (this.#folder === undefined) return new Database(copy ?? ':memory:')
    const path = join(this.#folder, 'sessions.db')
    if (copy !== undefined) {
      for (const rest of ['-wal', '-shm']) rmSync(path + rest, { force: true })
      writeFileSync(path, copy)
    }
    const database = new Database(path)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = OFF')
    return database
  }

  /** Removes what lies on the disk. */
  discard(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true })
  }
}
