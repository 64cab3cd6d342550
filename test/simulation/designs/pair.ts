import type { Token } from '../token.ts'
import type { Answer } from './design.ts'
import { type Kept, KeptSessions } from './kept.ts'

/**
 * Access and refresh token with rotation and no grace (RFC 9700 section 4.14.2): a refresh token is used once;
 * one that was used before revokes the session. Both tokens of a pair have one generation here.
 */
export class RotatingPair extends KeptSessions {
  override readonly name = 'access + refresh pair'
  override readonly needsRefresh = true

  /** The client refreshes in time by its clock; where a request arrives too late, it refreshes after the 401. */
  protected override expired(): Answer {
    return { kind: 'refuse', code: 'refresh_needed' }
  }

  protected override misuse(kept: Kept, token: Token): string | undefined {
    if (token.gen === kept.gen) return undefined
    kept.valid = false
    this.traffic.writes += 1
    this.surroundings.revoked({ session: token.session }, 'reuse')
    return 'token_reused'
  }
}
