import session from 'express-session'
import sqliteStore from 'express-session-better-sqlite3'
import { type Credential, cookieOf, type Service, type Setting, type User } from './candidate.ts'
import { openDurable } from './database.ts'

declare module 'express-session' {
  interface SessionData {
    user: User
  }
}

const DAY = 86_400_000

/**
 * express-session with express-session-better-sqlite3 (MIT), whose statements are prepared. It has no `touch`,
 * so sessions that shall be prolonged in the database on each request (`rolling`) must be saved (`resave`).
 */
export async function expressSession(
  { secret, database }: Setting,
  { rolling }: { rolling: boolean },
): Promise<Service> {
  const sqlite = openDurable(database)
  const Store = sqliteStore(session, sqlite)
  const store = new Store()
  const stored = sqlite.prepare('SELECT data FROM express_session WHERE id = ?').pluck()
  const middleware = session({
    secret,
    store,
    rolling,
    resave: rolling,
    saveUninitialized: false,
    cookie: { maxAge: 7 * DAY },
  })
  return {
    guard: [
      middleware,
      (req, res, next) => {
        if (req.session.user === undefined) res.sendStatus(401)
        else next()
      },
    ],
    userOf: (req) => req.session.user as User,
    login: (req, res, user) =>
      new Promise((resolve, reject) => {
        middleware(req, res, (error) => {
          if (error !== undefined) reject(error)
          else resolve(void Object.assign(req.session, { user }))
        })
      }),
    revoke: (credential) => new Promise((resolve) => store.destroy(idOf(credential), resolve)),
    renewalOf: (credential) => Date.parse(JSON.parse(stored.get(idOf(credential)) as string).cookie.expires),
  }
}

/** `s:<id>.<signature>` */
function idOf(credential: Credential): string {
  return /^s:([^.]+)\./.exec(cookieOf(credential, 'connect.sid'))?.[1] ?? ''
}
