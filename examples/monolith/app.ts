import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import express, { type ErrorRequestHandler, type Express, type Request } from 'express'
import helmet from 'helmet'
// In an app of your own: from 'sliding-jwt'
import { problemHandler, sendProblem, slidingSession } from '../../src/index.ts'
import { Users } from './users.ts'

/** What the example is made of; `tokenTtl` is short in its tests. */
export interface AppOptions {
  readonly databasePath: string
  readonly secret: string | Uint8Array
  readonly tokenTtl?: string
}

/** The whole app: its users and their orders, with sessions by sliding-jwt in the same SQLite file. */
export async function createApp({ databasePath, secret, tokenTtl = '15m' }: AppOptions) {
  const database = new Database(databasePath)
  database.pragma('journal_mode = WAL')
  const users = new Users(database)
  database.exec('CREATE TABLE IF NOT EXISTS orders (user_id TEXT NOT NULL, what TEXT NOT NULL) STRICT')

  const sessions = await slidingSession({
    secret,
    database,
    tokenTtl,
    loadClaims: (userId) => users.claimsOf(userId),
  })

  const app = express()
  app.disable('x-powered-by')
  app.use(helmet())
  app.use(express.static(fileURLToPath(new URL('public', import.meta.url))))
  app.use('/client', express.static(fileURLToPath(new URL('../browser', import.meta.url)), { index: false }))
  app.use(express.json())

  app.post('/signup', async (req, res) => {
    const { name, password } = credentialsOf(req)
    if (name === '' || password.length < 8) return sendProblem(res, 'body_invalid')
    const user = await users.add(name, password)
    if (user === undefined) return sendProblem(res, 'conflict')
    await sessions.start(req, res, user.id)
    res.status(201).json(user)
  })

  app.post('/login', async (req, res) => {
    const { name, password } = credentialsOf(req)
    const user = await users.check(name, password)
    if (user === undefined)
      return sendProblem(res, 'credentials_invalid', { challenge: 'Bearer realm="monolith"' })
    await sessions.start(req, res, user.id) // sets X-JWT
    res.json(user)
  })

  // From here on every request needs a session; an expired token is renewed with the answer.
  app.use(sessions.authenticate())
  // POST /logout, GET and DELETE /me/sessions, DELETE /me/sessions/:jti
  app.use(sessions.routes())

  app.get('/orders', (req, res) => {
    res.json(database.prepare('SELECT what FROM orders WHERE user_id = ?').pluck().all(userIdOf(req)))
  })

  app.post('/orders', (req, res) => {
    const { what } = textsOf(req.body, ['what'])
    if (what === '') return sendProblem(res, 'body_invalid')
    database.prepare('INSERT INTO orders VALUES (?, ?)').run(userIdOf(req), what)
    res.status(201).json({ what })
  })

  app.post('/lost-phone', async (req, res) => {
    res.json(await sessions.revokeAll(userIdOf(req), { except: req.auth?.jti }))
  })

  // A strict route asks the users table each time: a role that was taken away counts at once.
  app.delete('/users/:id', sessions.authenticate({ strict: true, role: 'admin' }), (req, res) => {
    if (users.remove(String(req.params['id']))) res.status(204).end()
    else sendProblem(res, 'not_found')
  })

  app.use(problemHandler('monolith'), otherErrors)

  async function close(): Promise<void> {
    await sessions.close()
    database.close()
  }
  return { app: app as Express, sessions, close }
}

/** Express's own page of an error would tell where the files are. */
const otherErrors: ErrorRequestHandler = (error, _req, res, _next) => {
  if (error.status >= 400 && error.status < 500) {
    sendProblem(res, error.status === 413 ? 'payload_too_large' : 'body_invalid')
    return
  }
  process.stderr.write(`${error.stack}\n`)
  sendProblem(res, 'internal')
}

function userIdOf(req: Request): string {
  if (req.auth === undefined) throw new Error('This route stands behind authenticate().')
  return req.auth.userId
}

function credentialsOf(req: Request): { name: string; password: string } {
  return textsOf(req.body, ['name', 'password'])
}

/** The named texts of a body; empty where they are missing or something else. */
function textsOf<Name extends string>(body: unknown, names: readonly Name[]): Record<Name, string> {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const texts = names.map((name) => [name, typeof given[name] === 'string' ? given[name] : ''])
  return Object.fromEntries(texts)
}
