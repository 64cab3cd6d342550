/**
 * Which of two tokens a client goes on with: `incoming` where it is of the same session (`jti`) and neither
 * its generation nor its `iat` is older; else `current`. So a late answer never overwrites a newer token,
 * nor the token of another session, and of two siblings the later one wins. Without a current token it is
 * `incoming`. What cannot be read as a JWT never wins; nothing is verified here, that is the server's part.
 */
export function newest(current: string | null | undefined, incoming: string): string {
  if (!current) return incoming
  try {
    const mine = read(current)
    const theirs = read(incoming)
    return mine.jti === theirs.jti && theirs.gen >= mine.gen && theirs.iat >= mine.iat ? incoming : current
  } catch {
    return current
  }
}

/** Whether two tokens are of one session; false where one cannot be read. */
export function isSameSession(a: string, b: string): boolean {
  try {
    const { jti } = read(a)
    return jti !== undefined && jti === read(b).jti
  } catch {
    return false
  }
}

/** What places a token among those of its session. */
interface Place {
  readonly jti: string
  readonly gen: number
  readonly iat: number
}

/** The payload of a JWT. Characters beyond ASCII come out wrong, which is of no matter for these three. */
function read(token: string): Place {
  const payload = token.split('.')[1] as string
  return JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/')))
}
