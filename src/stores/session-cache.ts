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

  /** The keys of a user's sessions in memory, but for one. */
  keysOf(userId: string, except: string | undefined): string[] {
    const jtis: string[] = []
    for (const record of this.#records.values()) {
      if (record.userId === userId && record.jti !== except) jtis.push(record.jti)
    }
    return jtis
  }

  /**
   * The sessions of these users are no longer valid, each time but for one or none. Memory is gone through once,
   * however many users there are.
   */
  invalidateUsers(exceptions: ReadonlyMap<string, readonly (string | undefined)[]>): void {
    for (const { userId, jti } of this.#records.values()) {
      const excepted = exceptions.get(userId)
      if (excepted?.some((except) => except !== jti) === true) this.change(jti, { valid: false })
    }
  }

  /** These sessions are no longer valid. */
  invalidate(jtis: Iterable<string>): void {
    for (const jti of jtis) this.change(jti, { valid: false })
  }

  forget(jti: string): void {
    this.#records.delete(jti)
  }

  clear(): void {
    this.#records.clear()
  }
}
