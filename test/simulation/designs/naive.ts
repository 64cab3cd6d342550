import type { Token } from '../token.ts'
import type { Answer } from './design.ts'
import { KeptSessions } from './kept.ts'

/** The original idea: any expired copy is renewed while the session is valid. */
export class NaiveSingleToken extends KeptSessions {
  override readonly name = 'naive single token'

  protected override expired(token: Token): Answer {
    return this.renew(token)
  }
}
