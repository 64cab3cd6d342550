const REFUSALS: Readonly<Record<string, string>> = {
  session_unknown: 'No such session',
  session_revoked: 'Ended session',
  session_expired: 'Too old',
  session_idle: 'Unused too long',
  user_disabled: 'Disabled user',
  fingerprint_mismatch: 'Other browser or network',
  token_reused: 'Stolen token',
  token_missing: 'No token',
  token_malformed: 'Malformed token',
  token_invalid: 'Invalid token',
}

const REASONS: Readonly<Record<string, string>> = {
  logout: 'signed out',
  revoked: 'ended by its user',
  admin: 'ended by an administrator',
  replaced: 'replaced by a new sign-in',
  limit: 'too many sessions',
  reuse: 'stolen token caught',
  fingerprint: 'other browser or network',
  user_disabled: 'user disabled',
  password_changed: 'password changed',
}

/** Why a token was refused, in two or three words. */
export function refusal(code: string): string {
  return REFUSALS[code] ?? code
}

/** Why a session is over; without a reason, by itself. */
export function reason(code: string | null): string {
  return code === null ? 'too old or unused' : (REASONS[code] ?? code)
}
