import { type Request, type Response, Router } from 'express'
import { readClient, type SlidingSession, SlidingSessionError } from '../index.ts'
import type { Audit } from './audit.ts'
import type { LoginLimits } from './login-limits.ts'
import type { PasswordLogins } from './password-logins.ts'
import { readJson } from './read-json.ts'
import { actAs } from './request-context.ts'
import { loginBody, passwordBody, readBody } from './schemas.ts'
import type { Users } from './users.ts'

/** What the routes are made of that check a password. */
export interface LoginParts {
  readonly sessions: SlidingSession
  readonly users: Users
  readonly logins: PasswordLogins
  readonly limits: LoginLimits
  readonly audit: Audit
}

/** `POST /login` and `PUT /me/password`: the two places where a password can be guessed. */
export function loginRoutes(parts: LoginParts): Router {
  const router = Router()
  router.post('/login', readJson, (req, res) => logIn(parts, req, res))
  router.put('/me/password', parts.sessions.authenticate(), readJson, (req, res) =>
    changePassword(parts, req, res),
  )
  return router
}

async function logIn(parts: LoginParts, req: Request, res: Response): Promise<void> {
  const { username, password } = readBody(req, loginBody)
  const start = (userId: string) => {
    actAs(userId)
    return parts.sessions.start(req, res, userId)
  }
  const { user, started } = await guarded(parts, req, username, () =>
    parts.logins.logIn(username, password, start),
  ).catch(async (error: unknown) => {
    // The token of a session that began nevertheless must not go out with the error.
    await parts.sessions.end(req, res)
    throw error
  })
  res.json({ user, session: { ...started.session, current: true }, token: started.token })
}

async function changePassword(parts: LoginParts, req: Request, res: Response): Promise<void> {
  const { currentPassword, newPassword } = readBody(req, passwordBody)
  const { userId, jti } = req.auth
  const user = await parts.users.find(userId)
  if (user === undefined) throw new SlidingSessionError('user_disabled')
  await guarded(parts, req, user.username, async () => {
    const passwords = { currentPassword, newPassword, except: jti }
    return (await parts.logins.changeOwnPassword(userId, passwords)) || undefined
  })
  res.status(204).end()
}

/**
 * Runs a check within the limits and records what failed; always the same answer, whatever the reason. A name that
 * nobody has is not recorded, as people type passwords where names belong.
 */
async function guarded<T>(
  { users, limits, audit }: LoginParts,
  req: Request,
  username: string,
  check: () => Promise<T | undefined>,
): Promise<T> {
  const { ip } = readClient(req)
  const outcome = await limits.attempt({ username, ip }, check)
  if (outcome.kind === 'passed') return outcome.value
  const user = await users.findByName(username)
  const userId = user?.id
  const detail = { ...(user && { username: user.username }), route: `${req.method} ${req.path}` }
  audit.record({ type: 'login.failed', userId, detail })
  for (const scope of outcome.reached)
    audit.record({ type: 'login.limited', userId, detail: { ...detail, scope } })
  throw new SlidingSessionError('credentials_invalid')
}
