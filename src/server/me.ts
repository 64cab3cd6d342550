import { Router } from 'express'
import { type SlidingSession, SlidingSessionError } from '../index.ts'
import { problemInHeader } from './forward-auth.ts'
import type { Users } from './users.ts'

/** `GET /me`: who is logged in, by which session; and `GET /verify`: the same in headers, for a proxy. */
export function meRoutes(sessions: SlidingSession, users: Users): Router {
  const router = Router()
  const authenticated = sessions.authenticate()

  router.get('/me', authenticated, async (req, res) => {
    const { userId, jti } = req.auth
    const [user, session] = await Promise.all([users.find(userId), sessions.find(jti)])
    if (user === undefined) throw new SlidingSessionError('user_disabled')
    if (session === undefined) throw new SlidingSessionError('session_unknown')
    res.json({ user, session: { ...session, current: true } })
  })

  router.get('/verify', problemInHeader, authenticated, (req, res) => {
    const { userId, jti, claims } = req.auth
    res
      .set({ 'X-User': userId, 'X-Role': String(claims['role'] ?? ''), 'X-Session': jti })
      .status(204)
      .end()
  })

  return router
}
