/** A token as a client sees it: what it reads of it, and a signature that it does not look at. */
export function tokenOf(claims: {
  jti?: unknown
  gen?: unknown
  iat?: unknown
  [claim: string]: unknown
}): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ jti: 'one', gen: 0, iat: 100, ...claims })}.c2lnbmF0dXJl`
}

/** Part of the payload of a real token. */
export function claimsOf(token: string | undefined): { jti: string; gen: number; iat: number } {
  return JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString('utf8'))
}

/** Tokens of one session as they follow each other, and one of another session. */
export const [FIRST, SECOND, THIRD] = [
  tokenOf({ gen: 0, iat: 100 }),
  tokenOf({ gen: 1, iat: 200 }),
  tokenOf({ gen: 2, iat: 300 }),
]
export const OTHER = tokenOf({ jti: 'two', gen: 0, iat: 400 })
