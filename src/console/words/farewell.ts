/** What the login page says of the session that has just ended, by the server's code. */
const FAREWELLS: Readonly<Record<string, string>> = {
  'signed-out': 'You signed out.',
  elsewhere: 'You signed out in another tab.',
  session_revoked: 'This session was ended: from another device of yours, by an administrator or by a rule.',
  session_expired: 'Your last sign-in is too long ago. Please sign in again.',
  session_idle: 'This session was not used for too long. Please sign in again.',
  session_unknown: 'The server does not know this session any more. Please sign in again.',
  user_disabled: 'This account is disabled. Please ask an administrator.',
  token_reused:
    'This session was ended for your safety: a copy of it was used somewhere else. If it happens again, change your password.',
  token_invalid: 'The server does not accept this session any more. Please sign in again.',
  token_malformed: 'The server could not read this session. Please sign in again.',
  fingerprint_mismatch: 'This browser no longer looks like the one that signed in. Please sign in again.',
}

/** In plain words why nobody is signed in any more. */
export function farewell(code: string): string {
  return FAREWELLS[code] ?? 'Your session has ended. Please sign in again.'
}
