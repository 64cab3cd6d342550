import type { RefusalCode } from './protocol/errors.ts'
import type { Claims, Presented, Timestamp, VerifiedToken } from './protocol/types.ts'

/** What a request presents: a token, or the finding that there is none. */
export type Credential = string | Presented

/** Who sent a request: `req.auth`. */
export interface Auth {
  readonly userId: string
  /** The session. */
  readonly jti: string
  /** The host's claims: as in the token, after a renewal and on strict routes as read just now. */
  readonly claims: Claims
  /** When the user logged in, in milliseconds since 1970. */
  readonly authTime: Timestamp
  /** Whether this very request renewed the session. */
  readonly renewed: boolean
}

/** What came of a request; `token` is present where the session was renewed. */
export type Outcome =
  | { readonly kind: 'pass'; readonly auth: Auth; readonly token: string | undefined }
  | { readonly kind: 'refuse'; readonly code: RefusalCode }

/** A request that passes, with no new token. */
export function passOf(token: VerifiedToken, claims: Claims = token.claims): Outcome {
  return { kind: 'pass', auth: authOf(token, claims, false), token: undefined }
}

/** Who sent a request with this token. */
export function authOf({ userId, jti, authTime }: VerifiedToken, claims: Claims, renewed: boolean): Auth {
  return { userId, jti, claims, authTime, renewed }
}
