import { endCommit, startCommit } from '../commits.ts'
import type { Sqlite } from './connection.ts'

interface Waiting {
  readonly write: () => unknown
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

/** How often it is looked whether a transaction of the host's is over. */
const PAUSE_MS = 1

type Result = { readonly value: unknown } | { readonly error: unknown }

/**
 * Group commit: the writes that arrive in one turn of the event loop share one `BEGIN IMMEDIATE … COMMIT`, and
 * so the one wait for the disk that makes them durable. Each is answered only after that.
 */
export class CommitQueue {
  readonly #sqlite: Sqlite
  readonly #onFailure: () => void
  readonly #begin
  readonly #commit
  readonly #rollback
  readonly #busyTimeout
  #waiting: Waiting[] = []

  /** `onFailure` is told when a whole batch was undone. */
  constructor(sqlite: Sqlite, onFailure: () => void) {
    this.#sqlite = sqlite
    this.#onFailure = onFailure
    this.#begin = sqlite.prepare('BEGIN IMMEDIATE')
    this.#commit = sqlite.prepare('COMMIT')
    this.#rollback = sqlite.prepare('ROLLBACK')
    this.#busyTimeout = sqlite.prepare('PRAGMA busy_timeout').pluck()
  }

  /**
   * Runs a write at the end of this turn. The promise is settled when the write is durable; it is rejected
   * where the write itself failed, which does not touch its neighbours, or where the whole batch was undone.
   */
  run<T>(write: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flushWhenFree())
      this.#waiting.push({ write, resolve, reject })
    })
  }

  /** A transaction of the host's on this connection is waited for, for as long as one of another process's. */
  #flushWhenFree(since = performance.now()): void {
    if (!this.#sqlite.inTransaction || performance.now() - since >= Number(this.#busyTimeout.get()))
      this.flush()
    else setTimeout(() => this.#flushWhenFree(since), PAUSE_MS)
  }

  /** Commits what is waiting, now. */
  flush(): void {
    const batch = this.#waiting
    if (batch.length === 0) return
    this.#waiting = []
    let isBegun = false
    try {
      const started = startCommit()
      this.#begin.run()
      isBegun = true
      const results = batch.map(({ write }) => this.#try(write))
      this.#commit.run()
      endCommit(started, batch.length)
      batch.forEach(({ resolve, reject }, index) => {
        const result = results[index] as Result
        if ('error' in result) reject(result.error)
        else resolve(result.value as never)
      })
    } catch (error) {
      for (const { reject } of batch) reject(error)
      // Where the host has a transaction open, that one is not ours to undo.
      if (isBegun) this.#undo()
    }
  }

  /** A failure that ended the transaction, such as a full disk, is the whole batch's. */
  #try(write: () => unknown): Result {
    try {
      return { value: write() }
    } catch (error) {
      if (!this.#sqlite.inTransaction) throw error
      return { error }
    }
  }

  #undo(): void {
    try {
      if (this.#sqlite.inTransaction) this.#rollback.run()
    } catch {
      // A connection that is broken tells the next batch, too.
    }
    this.#onFailure()
  }
}
