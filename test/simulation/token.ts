/** What a holder can read in a token without any key: the payload of a JWT is not secret. */
export interface Token {
  readonly text: string
  /** The session, `jti`. */
  readonly session: string
  readonly gen: number
  readonly expiresAt: number
  /** The time of the login. */
  readonly authTime: number
  readonly role: string | undefined
}

export function readToken(text: string): Token {
  const [, payload = ''] = text.split('.')
  const {
    jti,
    gen,
    exp,
    auth_time: authTime,
    role,
  } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
  const [expiresAt, loggedInAt] = [Math.round(exp * 1000), Math.round(authTime * 1000)]
  return { text, session: jti, gen, expiresAt, authTime: loggedInAt, role }
}

/** A token of the designs that ours is compared with: they are judged by their rules, so nothing is signed. */
export function writeToken(
  { session, gen, expiresAt, authTime, role }: Omit<Token, 'text'>,
  issuedAt: number,
): string {
  const [iat, exp, auth_time] = [issuedAt / 1000, expiresAt / 1000, authTime / 1000]
  const claims = { jti: session, gen, iat, exp, auth_time, role }
  const payload = JSON.stringify(claims)
  return `x.${Buffer.from(payload, 'utf8').toString('base64url')}.x`
}
