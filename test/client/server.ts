import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express, { type Express } from 'express'
import { afterEach } from 'vitest'
import { type PolicyOptions, type SlidingSession, slidingSession } from '../../src/index.ts'
import { T0 } from '../support/records.ts'

/** What arrived at a server. */
export interface Arrival {
  readonly method: string
  readonly url: string
  readonly authorization: string | undefined
}

/** A server that listens, and what arrived at it. */
export interface Listening {
  readonly url: string
  readonly arrivals: Arrival[]
}

/** A server with sessions: logs anybody in, and moves its clock as the test says. */
export interface SessionServer extends Listening {
  readonly sessions: SlidingSession
  /** Lets the time pass that makes every token issued so far expire, and grace end. */
  expireTokens(): void
}

const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** Listens on a free port until the test is over; `routes` come after the recording of arrivals. */
export async function listen(routes: (app: Express) => void): Promise<Listening> {
  const arrivals: Arrival[] = []
  const app = express()
  app.use((req, _res, next) => {
    arrivals.push({ method: req.method, url: req.originalUrl, authorization: req.headers.authorization })
    next()
  })
  routes(app)
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, arrivals }
}

/**
 * A server with the library's sessions in memory. `mount` is the path below which it lives; `before` adds routes
 * before the login, `after` behind the authentication.
 */
export async function listenWithSessions({
  mount = '/',
  policy = {},
  before,
  after,
}: {
  mount?: string
  policy?: PolicyOptions
  before?: (app: Express) => void
  after?: (api: express.Router) => void
} = {}): Promise<SessionServer> {
  let now = T0
  const sessions = await slidingSession({
    secret: randomBytes(32),
    database: ':memory:',
    now: () => now,
    ...policy,
  })
  closers.push(() => sessions.close())
  const server = await listen((app) => {
    before?.(app)
    const api = express.Router()
    api.post('/login', express.json(), async (req, res) => {
      await sessions.start(req, res, req.body.username)
      res.json({ user: req.body.username })
    })
    api.use(sessions.routes())
    api.use(sessions.authenticate())
    api.get('/me', (req, res) => {
      res.json({ userId: req.auth?.userId, renewed: req.auth?.renewed })
    })
    after?.(api)
    app.use(mount, api)
  })
  const expireTokens = (): void => {
    now += 16 * 60_000
  }
  return { ...server, sessions, expireTokens }
}
