import type { Service, Setting } from './candidate.ts'
import { keyOf, sign } from './plain-jwt.ts'

/** Express and nothing else: it answers everybody alike. Tokens are sent to it all the same. */
export async function bare({ secret }: Setting): Promise<Service> {
  const key = keyOf(secret)
  const user = { id: 'user-0000', role: 'user' }
  return {
    guard: [],
    userOf: () => user,
    login: (_req, res, user) => void res.set('X-JWT', sign(user, key).token),
    revoke: () => undefined,
  }
}

/** The same behind a guard that lets everybody in: what Express itself takes for any guard. */
export async function empty(setting: Setting): Promise<Service> {
  return { ...(await bare(setting)), guard: [(_req, _res, next) => next()] }
}
