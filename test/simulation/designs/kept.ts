import type { RevocationReason } from '../../../src/protocol/types.ts'
import type { Rules } from '../settings.ts'
import type { Timeline } from '../timeline.ts'
import { readToken, type Token, writeToken } from '../token.ts'
import type { Answer, Design, Message, Surroundings, Traffic } from './design.ts'

/** The record of a session in the designs that ours is compared with. */
export interface Kept {
  readonly session: string
  readonly user: string
  readonly createdAt: number
  updatedAt: number
  valid: boolean
  /** The generation of the latest token. */
  gen: number
}

/**
 * What the compared designs have in common: records in memory, looked up and written at once, each look-up and
 * each write counted. They get the same idle and absolute limits as ours.
 */
export abstract class KeptSessions implements Design {
  abstract readonly name: string
  readonly needsRefresh: boolean = false
  readonly asksEachTime = false
  readonly traffic: Traffic = { reads: 0, writes: 0 }
  protected readonly rules: Rules
  protected readonly timeline: Timeline
  protected readonly surroundings: Surroundings
  readonly #records = new Map<string, Kept>()

  constructor(rules: Rules, timeline: Timeline, surroundings: Surroundings) {
    this.rules = rules
    this.timeline = timeline
    this.surroundings = surroundings
  }

  answer(message: Message): Answer {
    const { kind, token } = message
    if (kind === 'login') return this.#begin(message.user)
    if (token === undefined) return { kind: 'refuse', code: 'token_missing' }
    if (kind === 'refresh') return this.renew(token)
    return this.timeline.now < token.expiresAt ? pass() : this.expired(token)
  }

  /** What a design makes of a request whose token has expired. */
  protected abstract expired(token: Token): Answer

  /** Why a valid session is not renewed by this very token; here: any copy renews it. */
  protected misuse(_kept: Kept, _token: Token): string | undefined {
    return undefined
  }

  protected renew(token: Token): Answer {
    this.traffic.reads += 1
    const kept = this.#records.get(token.session)
    if (kept === undefined) return { kind: 'refuse', code: 'session_unknown' }
    const code = this.#refusal(kept) ?? this.misuse(kept, token)
    if (code !== undefined) return { kind: 'refuse', code }
    this.traffic.writes += 1
    kept.gen += 1
    kept.updatedAt = this.timeline.now
    return this.#issue(kept)
  }

  #refusal({ valid, createdAt, updatedAt }: Kept): string | undefined {
    const { now } = this.timeline
    if (!valid) return 'session_revoked'
    if (now - createdAt >= this.rules.maxAge) return 'session_expired'
    return now - updatedAt >= this.rules.idleTimeout ? 'session_idle' : undefined
  }

  #begin(user: string): Answer {
    const { now } = this.timeline
    const session = `${this.#records.size + 1}`
    const kept: Kept = { session, user, createdAt: now, updatedAt: now, valid: true, gen: 0 }
    this.traffic.writes += 1
    this.#records.set(session, kept)
    return this.#issue(kept)
  }

  #issue(kept: Kept): Answer {
    const { now } = this.timeline
    const { tokenTtl, maxAge } = this.rules
    const role = this.surroundings.roleOf(kept.user) ?? 'user'
    const { session, gen, createdAt: authTime } = kept
    const expiresAt = Math.min(now + tokenTtl, authTime + maxAge)
    const text = writeToken({ session, gen, expiresAt, authTime, role }, now)
    return { kind: 'pass', token: readToken(text), role }
  }

  async revoke(session: string, _reason: RevocationReason): Promise<void> {
    this.traffic.writes += 1
    const kept = this.#records.get(session)
    if (kept !== undefined) kept.valid = false
  }

  async revokeAll(user: string, reason: RevocationReason): Promise<void> {
    for (const kept of this.#records.values()) if (kept.user === user) await this.revoke(kept.session, reason)
  }

  async prune(): Promise<void> {}
  crash(): void {}
  copy(): void {}
  restore(): boolean {
    return false
  }
  async settle(): Promise<void> {}
  close(): void {}
}

function pass(): Answer {
  return { kind: 'pass', token: undefined, role: undefined }
}
