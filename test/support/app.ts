import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Database from 'better-sqlite3'
import express, { type ErrorRequestHandler, type Express } from 'express'
import request, { type Test } from 'supertest'
import { onTestFinished } from 'vitest'
import {
  type Claims,
  problemHandler,
  type SessionEventName,
  type SessionStore,
  type SlidingSession,
  type SlidingSessionOptions,
  slidingSession,
} from '../../src/index.ts'
import { openFile } from '../../src/stores/sqlite/connection.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { type Clock, clockAt } from './clock.ts'
import { SECRET } from './forge.ts'
import { CHROME } from './user-agents.ts'

/** A row of the table of sessions, as SQLite has it. */
export type Row = Readonly<Record<string, unknown>>

export interface TestApp {
  readonly app: Express
  readonly server: Server
  readonly sessions: SlidingSession
  readonly clock: Clock
  readonly sqlite: Database.Database
  /** What the host says of its users; a user who is deleted here is gone. */
  readonly users: Map<string, unknown>
  /** What `loadClaims` was asked. */
  readonly asked: string[]
  readonly events: { readonly name: SessionEventName; readonly event: Readonly<Record<string, unknown>> }[]
  /** What reached the error handler of the app. */
  readonly errors: unknown[]
  readonly port: number
  /** Logs in and answers with the token. */
  login(userId?: string, headers?: Readonly<Record<string, string>>): Promise<string>
  /** A request as Chrome sends it, with a token where one is given. */
  send(method: 'get' | 'post' | 'delete' | 'head', path: string, token?: string): Test
  get(path: string, token?: string): Test
  row(token: string): Row | undefined
}

export interface TestAppOptions {
  /** Options of `slidingSession` beyond the clock, the secret, the database and the users. */
  readonly options?: Partial<SlidingSessionOptions>
  /** Adds middleware before all else. */
  readonly before?: (app: Express, sessions: SlidingSession) => void
  /** Adds routes behind `authenticate`. */
  readonly routes?: (app: Express, sessions: SlidingSession) => void
  readonly clock?: Clock
  /** Puts something between the engine and its store. */
  readonly wrap?: (store: SessionStore) => SessionStore
  /** The path of the database; by default it is in memory. */
  readonly path?: string
}

const EVENTS: readonly SessionEventName[] = [
  'session.started',
  'session.renewed',
  'session.graced',
  'session.moved',
  'session.refused',
  'session.reused',
  'session.revoked',
  'store.failed',
]

/**
 * An app with a database in memory and a clock that stands still: `POST /login/:userId` and, behind
 * `authenticate`, `GET /whoami` and what the test adds. All of it goes when the test is over.
 */
export async function testApp({
  path = ':memory:',
  wrap = (store) => store,
  clock = clockAt(),
  ...rest
}: TestAppOptions = {}): Promise<TestApp> {
  const sqlite = openFile(path)
  const users = new Map<string, unknown>([
    ['ada', { role: 'user' }],
    ['bob', { role: 'user' }],
    ['root', { role: 'admin' }],
  ])
  const asked: string[] = []
  const loadClaims = (userId: string) => {
    asked.push(userId)
    return users.get(userId) as Claims | undefined
  }
  const sessions = await slidingSession({
    secret: SECRET,
    database: wrap(openSqliteStore(sqlite)),
    loadClaims,
    now: clock.now,
    ...rest.options,
  })
  const events: TestApp['events'] = []
  for (const name of EVENTS) {
    sessions.on(name, (event) => {
      events.push({ name, event: { ...event } })
    })
  }
  const errors: unknown[] = []
  const app = makeApp(sessions, errors, rest)
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await sessions.close()
    sqlite.close()
  })

  const send: TestApp['send'] = (method, path, token) => {
    const sent = request(server)[method](path).set('User-Agent', CHROME)
    return token === undefined ? sent : sent.set('Authorization', `Bearer ${token}`)
  }

  return {
    app,
    server,
    sessions,
    clock,
    sqlite,
    users,
    asked,
    events,
    errors,
    port: (server.address() as AddressInfo).port,
    send,
    get: (path, token) => send('get', path, token),
    row: (token) => rowOf(sqlite, token),

    async login(userId = 'ada', headers = {}) {
      const response = await send('post', `/login/${userId}`).set(headers).expect(200)
      return tokenOf(response) ?? ''
    },
  }
}

function makeApp(
  sessions: SlidingSession,
  errors: unknown[],
  { before, routes }: Pick<TestAppOptions, 'before' | 'routes'>,
): Express {
  const app = express()
  before?.(app, sessions)

  app.post('/login/:userId', async (req, res) => {
    const { session } = await sessions.start(req, res, req.params.userId)
    res.json({ session })
  })

  app.use(sessions.authenticate())

  app.get('/whoami', (req, res) => {
    res.json(req.auth)
  })

  routes?.(app, sessions)
  app.use(problemHandler('sliding-jwt'))

  const lastResort: ErrorRequestHandler = (error, _req, res, next) => {
    errors.push(error)
    if (res.headersSent) next(error)
    else res.status(error.status ?? 500).json({ code: 'host_error' })
  }
  app.use(lastResort)
  return app
}

/** The token that an answer carries. */
export function tokenOf(response: { headers: Readonly<Record<string, string>> }): string | undefined {
  return response.headers['x-jwt']
}

function rowOf(sqlite: Database.Database, token: string): Row | undefined {
  const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
  const row = sqlite
    .prepare<[Buffer], Row>('SELECT * FROM sliding_sessions WHERE jti = ?')
    .get(Buffer.from(payload.jti, 'base64url'))
  return row && Object.fromEntries(Object.entries(row).filter(([column]) => column !== 'jti'))
}
