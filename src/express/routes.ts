import { type Request, type RequestHandler, type Response, Router } from 'express'
import { SlidingSessionError } from '../protocol/errors.ts'
import type { Sessions } from '../sessions.ts'
import { admittedBy } from './authenticate.ts'
import { errorsPage } from './errors-page.ts'
import { problemHandler } from './problem.ts'
import { withholdToken } from './write-response.ts'

/**
 * The mountable router: `POST /logout`, `GET /me/sessions`, `DELETE /me/sessions/:jti` and
 * `DELETE /me/sessions` (`?except=current`); for everybody `GET /docs/errors`.
 */
export function sessionRoutes(sessions: Sessions, authenticated: RequestHandler): Router {
  const router = Router()

  router.post('/logout', authenticated, async (req, res) => {
    await endSession(sessions, req, res)
    res.status(204).end()
  })

  router.get('/me/sessions', authenticated, async (req, res) => {
    const { userId, jti } = req.auth
    const list = await sessions.list(userId)
    res.json({ sessions: list.map((session) => ({ ...session, current: session.jti === jti })) })
  })

  router.delete('/me/sessions', authenticated, async (req, res) => {
    const { userId, jti } = req.auth
    res.json({ revoked: await sessions.revokeAll(userId, 'revoked', exceptOf(req, jti)) })
  })

  router.delete('/me/sessions/:jti', authenticated, async (req: Request<{ jti: string }>, res: Response) => {
    const session = await sessions.find(req.params.jti)
    if (session?.userId !== req.auth.userId) throw new SlidingSessionError('not_found')
    await sessions.revoke(session.jti, 'revoked')
    res.status(204).end()
  })

  router.get('/docs/errors', (_req, res) => {
    res.setHeader('Content-Security-Policy', "default-src 'none'")
    res.type('html').send(errorsPage())
  })

  router.use(problemHandler(sessions.policy.issuer))
  return router
}

/** Logout: the session is revoked, and a token that was renewed by this request does not go out. */
export async function endSession(sessions: Sessions, req: Request, res: Response): Promise<boolean> {
  withholdToken(res)
  const auth = admittedBy(sessions, req)
  return auth !== undefined && (await sessions.revoke(auth.jti, 'logout'))
}

function exceptOf(req: Request, current: string): string | undefined {
  const { except } = req.query
  if (except === undefined) return undefined
  if (except === 'current') return current
  throw new SlidingSessionError('body_invalid', 'The query parameter except takes current only.')
}
