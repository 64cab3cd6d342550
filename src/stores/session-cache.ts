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

  /** The keys of all sessions in memory to which this applies. */
  keysOf(applies: (record: SessionRecord) => boolean): string[] {
    return this.#records
      .values()
      .filter(applies)
      .map(({ jti }) => jti)
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
