import type { SessionRecord } from '../protocol/types.ts'
import { Recent } from '../recent.ts'

/**
 * The records of the sessions in use, as far as they are known. A record that was revoked stays here as not
 * valid; what memory says against a session is asked again of the database, what it says for one is not.
 */
export class SessionCache {
  readonly #records: Recent<string, SessionRecord>

  constructor(entries = 10_000) {
    this.#records = new Recent(entries)
  }

  get(jti: string): SessionRecord | undefined {
    return this.#records.get(jti)
  }

  set(record: SessionRecord): void {
    this.#records.set(record.jti, record)
  }

  /** Changes what is known of a session, if anything is. */
  change(jti: string, change: Partial<SessionRecord>): void {
    const record = this.#records.peek(jti)
    if (record !== undefined) this.#records.set(jti, { ...record, ...change })
  }

  /** All sessions to which this applies are no longer valid. */
  invalidate(isRevoked: (record: SessionRecord) => boolean): void {
    for (const record of this.#records.values()) {
      if (isRevoked(record)) this.change(record.jti, { valid: false })
    }
  }

  forget(jti: string): void {
    this.#records.delete(jti)
  }

  /** Forgets all sessions to which this applies. */
  forgetWhere(isUnsure: (record: SessionRecord) => boolean): void {
    for (const record of this.#records.values()) if (isUnsure(record)) this.forget(record.jti)
  }

  clear(): void {
    this.#records.clear()
  }
}
