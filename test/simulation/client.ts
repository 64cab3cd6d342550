import type { Token } from './token.ts'

/**
 * Which answer's token a client keeps. `latest`: the rule for clients, a late answer with an older generation
 * never overwrites a newer one. `overwrite`: the documented mistake, whatever comes last is kept.
 */
export type KeepingRule = 'latest' | 'overwrite'

/** The one token that an honest client holds: its storage, shared by all tabs that use it. */
export class Wallet {
  token: Token | undefined
  /** The last token of a session that ended: sent along with the next login, so that it is surely ended. */
  former: Token | undefined
  readonly #rule: KeepingRule

  constructor(rule: KeepingRule) {
    this.#rule = rule
  }

  /** A login was answered. */
  begin(token: Token): void {
    this.token = token
    this.former = undefined
  }

  /** An answer brought a token. */
  keep(token: Token): void {
    const held = this.token
    if (held === undefined || held.session !== token.session) return
    if (this.#rule === 'overwrite' || token.gen > held.gen) this.token = token
  }

  /** A request that carried `token` was refused: the session is over. */
  end(token: Token): void {
    if (this.token?.session !== token.session) return
    this.former = this.token
    this.token = undefined
  }
}
