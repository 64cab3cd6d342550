import { type Request, type Response, Router } from 'express'
import { type SlidingSession, SlidingSessionError } from '../index.ts'
import type { EventStore } from '../stores/server-store.ts'
import { listEvents } from './list-events.ts'
import type { Overview } from './overview.ts'
import { readJson } from './read-json.ts'
import { createUserBody, readBody, readQuery, updateUserBody, usersQuery } from './schemas.ts'
import type { UserInfo, Users } from './users.ts'

export interface AdminParts {
  readonly sessions: SlidingSession
  readonly users: Users
  readonly events: EventStore
  readonly overview: Overview
}

/** Everything under `/admin`. The rights are read from the database on each request. */
export function adminRoutes({ sessions, users, events, overview }: AdminParts): Router {
  const router = Router()
  router.use(sessions.authenticate({ strict: true, role: 'admin' }))

  router.get('/overview', async (_req, res) => {
    res.json(await overview.report())
  })

  router.get('/users', async (req, res) => {
    res.json(await users.list(readQuery(req, usersQuery)))
  })

  router.post('/users', readJson, async (req, res) => {
    const user = await users.create(readBody(req, createUserBody))
    res.status(201).location(`/admin/users/${user.id}`).json({ user })
  })

  router.get('/users/:id', async (req, res) => {
    res.json({ user: await userOf(users, req) })
  })

  router.patch('/users/:id', readJson, async (req: Request<{ id: string }>, res: Response) => {
    res.json({ user: await users.update(req.params.id, readBody(req, updateUserBody)) })
  })

  router.get('/users/:id/sessions', async (req, res) => {
    const { id } = await userOf(users, req)
    const current = req.auth.jti
    const list = await sessions.list(id)
    res.json({ sessions: list.map((session) => ({ ...session, current: session.jti === current })) })
  })

  router.delete('/users/:id/sessions', async (req, res) => {
    const { id } = await userOf(users, req)
    res.json(await sessions.revokeAll(id, { reason: 'admin' }))
  })

  router.delete('/sessions/:jti', async (req, res) => {
    const session = await sessions.find(req.params.jti)
    if (session === undefined) throw new SlidingSessionError('not_found')
    await sessions.revoke(session.jti, { reason: 'admin' })
    res.status(204).end()
  })

  router.get('/events', async (req, res) => {
    res.json(await listEvents(events, users, req))
  })

  return router
}

async function userOf(users: Users, { params }: Request<{ id: string }>): Promise<UserInfo> {
  const user = await users.find(params.id)
  if (user === undefined) throw new SlidingSessionError('not_found')
  return user
}
