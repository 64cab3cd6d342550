import { Router } from 'express'
import { SlidingSessionError } from '../index.ts'
import type { ServerDatabase } from '../stores/server-store.ts'

/** `GET /healthz`: the process answers; `GET /readyz`: it can do its work, as the database answers too. */
export function probeRoutes(database: ServerDatabase, isStopping: () => boolean): Router {
  const router = Router()

  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' })
  })

  router.get('/readyz', async (_req, res) => {
    if (isStopping()) throw new SlidingSessionError('unavailable', 'The server is stopping.')
    await database.ping()
    res.json({ status: 'ok' })
  })

  return router
}
