import { LRUCache } from 'lru-cache'
import type { SessionRecord } from '../protocol/types.ts'

/**
 * The records of the sessions in use, as far as they are known. A record that was revoked stays here as not
 * valid; what memory says against a session is asked again of the database, what it says for one is not.
 */
export class SessionCache {
  readonly #records: LRUCache<string, SessionRecord>

  constructor(entries: number) {
    this.#records = new LRUCache({ max: entries })
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

  /** All sessions of a user are no longer valid, but for one. */
  invalidateUser(userId: string, except: string | undefined): void {
    // Collected first: a change moves a record to the front of what is being walked through.
    const isRevoked = (record: SessionRecord) => record.userId === userId && record.jti !== except
    const revoked = [...this.#records.values()].filter(isRevoked)
    for (const { jti } of revoked) this.change(jti, { valid: false })
  }

  forget(jti: string): void {
    this.#records.delete(jti)
  }

  clear(): void {
    this.#records.clear()
  }
}
