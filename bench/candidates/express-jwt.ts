import type { ErrorRequestHandler } from 'express'
import { expressjwt, type Request as JwtRequest, UnauthorizedError } from 'express-jwt'
import type { Service, Setting } from './candidate.ts'
import { keyOf, type PlainClaims, sign, VERIFY } from './plain-jwt.ts'

/** express-jwt as its documentation has it: without a record, nothing can be revoked. */
export async function expressJwt({ secret }: Setting): Promise<Service> {
  const key = keyOf(secret)
  const refuse: ErrorRequestHandler = (error, _req, res, next) => {
    if (error instanceof UnauthorizedError) res.sendStatus(401)
    else next(error)
  }
  return {
    guard: [expressjwt({ ...VERIFY, secret: key }), refuse as never],
    userOf(req) {
      const { sub, role } = (req as unknown as JwtRequest<PlainClaims>).auth as PlainClaims
      return { id: sub, role }
    },
    login: (_req, res, user) => void res.set('X-JWT', sign(user, key).token),
    revoke: () => undefined,
  }
}
