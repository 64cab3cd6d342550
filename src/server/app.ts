import cors from 'cors'
import express, { type Application, type RequestHandler } from 'express'
import helmet from 'helmet'
import type { Logger } from 'pino'
import type { SlidingSession } from '../index.ts'
import type { ServerDatabase } from '../stores/server-store.ts'
import { adminRoutes } from './admin.ts'
import type { Audit } from './audit.ts'
import { consoleRoutes } from './console.ts'
import { docsRoutes } from './docs/routes.ts'
import { errorHandler, notFound } from './errors.ts'
import { requestLog } from './logging.ts'
import { loginRoutes } from './login.ts'
import { LoginLimits } from './login-limits.ts'
import { meRoutes } from './me.ts'
import type { Metrics } from './metrics/metrics.ts'
import { countRequests, metricsRoutes } from './metrics/routes.ts'
import type { Overview } from './overview.ts'
import type { PasswordLogins } from './password-logins.ts'
import { probeRoutes } from './probes.ts'
import { requestContext } from './request-context.ts'
import type { Tracing } from './tracing.ts'
import type { Users } from './users.ts'

export interface AppParts {
  readonly database: ServerDatabase
  readonly sessions: SlidingSession
  readonly users: Users
  readonly logins: PasswordLogins
  readonly audit: Audit
  readonly overview: Overview
  readonly metrics: Metrics
  readonly logger: Logger
  /** Default: nothing is traced. */
  readonly tracing?: Tracing | undefined
  /** Origins whose pages may call from a browser; `*` alone allows all. */
  readonly corsOrigins: readonly string[]
  /** Express's `trust proxy`: whose `X-Forwarded-For` counts. */
  readonly trustProxy: boolean | number | string
  /** The realm of challenges: the issuer of the tokens. */
  readonly realm: string
  readonly isStopping: () => boolean
}

/** The stand-alone server as an Express app, from the outermost layer to the innermost. */
export function createApp(parts: AppParts): Application {
  const { database, sessions, users, logins, audit, overview, metrics, logger, realm, isStopping } = parts
  const limits = new LoginLimits(database.loginLimits)
  const app = express()
  app.disable('x-powered-by')
  app.set('trust proxy', parts.trustProxy)

  if (parts.tracing !== undefined) app.use(parts.tracing.requests())
  app.use(
    countRequests(metrics),
    requestLog(logger),
    helmet(),
    allowOrigins(parts.corsOrigins),
    keepPrivate(isStopping),
  )
  app.use(probeRoutes(database, isStopping), metricsRoutes(metrics))
  app.use(docsRoutes())
  app.get('/.well-known/jwks.json', sessions.jwks())
  app.get('/', toConsole)
  app.use('/console', consoleRoutes())
  app.use(requestContext)
  app.post('/renew', sessions.renew())
  app.use(loginRoutes({ sessions, users, logins, limits, audit }))
  app.use(meRoutes(sessions, users))
  app.use(sessions.routes())
  app.use('/admin', adminRoutes({ sessions, users, events: database.events, overview }))
  app.use(notFound, errorHandler(realm))
  return app
}

/** Who looks at the server in a browser finds the console; relative, as the server may stand below a path. */
const toConsole: RequestHandler = (_req, res) => {
  res.status(302).location('console/').end()
}

/** Lets pages of other origins call, and read what the client needs: without cookies, as there are none. */
function allowOrigins(origins: readonly string[]): RequestHandler {
  if (origins.length === 0) return (_req, _res, next) => next()
  return cors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'X-Request-Id'],
    exposedHeaders: ['X-JWT', 'X-Request-Id', 'Retry-After'],
    maxAge: 600,
  })
}

/** Answers are for who asked. While the server stops, connections are not kept for more. */
function keepPrivate(isStopping: () => boolean): RequestHandler {
  return (_req, res, next) => {
    res.set('Cache-Control', 'no-store')
    if (isStopping()) res.set('Connection', 'close')
    next()
  }
}
