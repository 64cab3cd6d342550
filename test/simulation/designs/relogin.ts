import type { Answer } from './design.ts'
import { KeptSessions } from './kept.ts'

/** A plain short-lived JWT: when it has expired, the user logs in again. */
export class ReloginAtExpiry extends KeptSessions {
  override readonly name = 're-login at expiry'

  protected override expired(): Answer {
    return { kind: 'refuse', code: 'token_expired' }
  }
}
