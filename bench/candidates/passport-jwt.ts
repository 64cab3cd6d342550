import passport from 'passport'
import { ExtractJwt, Strategy } from 'passport-jwt'
import type { Service, Setting, User } from './candidate.ts'
import { keyOf, type PlainClaims, sign, VERIFY } from './plain-jwt.ts'

/** passport-jwt as its documentation has it: without a record, nothing can be revoked. */
export async function passportJwt({ secret }: Setting): Promise<Service> {
  const key = keyOf(secret)
  const options = {
    ...VERIFY,
    jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
    secretOrKey: key as unknown as string, // its types know no KeyObject; jsonwebtoken behind it does
  }
  passport.use(
    new Strategy(options, ({ sub, role }: PlainClaims, done) => done(null, { id: sub, role } as User)),
  )
  return {
    guard: [passport.authenticate('jwt', { session: false })],
    userOf: (req) => (req as unknown as { user: User }).user,
    login: (_req, res, user) => void res.set('X-JWT', sign(user, key).token),
    revoke: () => undefined,
  }
}
