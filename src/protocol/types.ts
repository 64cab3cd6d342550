/** Milliseconds since the Unix epoch, as `Date.now()` gives them. */
export type Timestamp = number

/** What a request says about the client that sent it. */
export interface Client {
  /** The address as `req.ip` gives it, IPv4-mapped IPv6 written as IPv4; empty where there is none. */
  readonly ip: string
  /** The `User-Agent` header, cut to 512 characters; empty where there is none. */
  readonly userAgent: string
}

/**
 * The four integers by which a record knows which of its tokens is in good standing.
 * A *generation* counts how many times the session was renewed; the first token has generation 0.
 */
export interface Lineage {
  /** The latest generation issued. */
  readonly issued: number
  /** The generation that was last proved to have reached a client, by being presented. */
  readonly seen: number
  /** What was issued when `seen` was set: an unseen token at or below it is an abandoned sibling. */
  readonly floor: number
  /** The generation whose presentation caused the last renewal; null before the first one. */
  readonly parent: number | null
}

/** The lineage of a session at login. */
export const FIRST_LINEAGE: Lineage = Object.freeze({ issued: 0, seen: 0, floor: 0, parent: null })

/** Every `RevocationReason`. */
export const REVOCATION_REASONS = [
  'logout',
  'revoked',
  'admin',
  'replaced',
  'limit',
  'reuse',
  'fingerprint',
  'user_disabled',
  'password_changed',
] as const

/**
 * Why a session was revoked: `logout` (by its own client), `revoked` (by the user or the host), `admin`,
 * `replaced` (a new login on the same device), `limit` (too many sessions of one user), `reuse` (a stolen
 * copy was used), `fingerprint` (by a policy that says so), `user_disabled`, `password_changed`.
 */
export type RevocationReason = (typeof REVOCATION_REASONS)[number]

/** One login on one device: the row behind every token of a session. */
export interface SessionRecord extends Lineage {
  /** 128 random bits in base64url; the same for all tokens of the session. */
  readonly jti: string
  readonly userId: string
  /** Address and user agent at login: the reference that the fingerprint policy compares with. */
  readonly ip: string
  readonly userAgent: string
  readonly valid: boolean
  /** When the user logged in. */
  readonly createdAt: Timestamp
  /** When the session was last renewed, or the login. */
  readonly updatedAt: Timestamp
  /** Address and user agent of the last renewal. */
  readonly lastIp: string
  readonly lastUserAgent: string
  readonly revokedAt: Timestamp | null
  readonly revokedReason: RevocationReason | null
}

/** The host's own claims, under their own names (such as `role`). */
export type Claims = Readonly<Record<string, unknown>>

/** A token whose signature, header and claims were all found right; only its expiry is not judged yet. */
export interface VerifiedToken {
  readonly jti: string
  readonly userId: string
  readonly gen: number
  readonly issuedAt: Timestamp
  readonly expiresAt: Timestamp
  /** When the user logged in (`auth_time`). */
  readonly authTime: Timestamp
  readonly claims: Claims
}

/** What came with a request in place of a token, after verification. */
export type Presented =
  | { readonly kind: 'missing' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'verified'; readonly token: VerifiedToken }
