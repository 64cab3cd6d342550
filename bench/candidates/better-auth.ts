import { type BetterAuthOptions, betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { fromNodeHeaders } from 'better-auth/node'
import type { Response } from 'express'
import { cookieOf, type Service, type Setting, type User } from './candidate.ts'
import { openDurable, rememberStatements } from './database.ts'

const COOKIE = 'better-auth.session_token'

/** When a session is read from the database, and when it is renewed. */
export const SESSIONS = {
  /** Read on each request; renewed once a day, which is its default. */
  NEVER: {},
  /** Read from a signed cookie, which lives longer than a run. */
  CACHE: { cookieCache: { enabled: true, maxAge: 86_400 } },
  /** Renewed by each request. */
  ALWAYS: { updateAge: 0 },
} satisfies Record<string, BetterAuthOptions['session']>

/**
 * better-auth on the same kind of SQLite file; what has nothing to do with sessions is switched off. Its
 * statements are remembered for it, which saves it a quarter of its CPU; joins would cost it some.
 */
export async function betterAuthentication(
  { secret, database }: Setting,
  session: NonNullable<BetterAuthOptions['session']>,
): Promise<Service> {
  const sqlite = rememberStatements(openDurable(database))
  const options = {
    secret,
    session,
    database: sqlite,
    baseURL: 'http://127.0.0.1',
    emailAndPassword: {
      enabled: true,
      // Logins are not measured: their hashes need not be slow.
      password: { hash: async (password: string) => password, verify: async () => true },
    },
    user: { additionalFields: { role: { type: 'string', defaultValue: 'user', input: false } } },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  } satisfies BetterAuthOptions
  const { runMigrations } = await getMigrations(options)
  await runMigrations()
  const auth = betterAuth(options)
  const renewal = sqlite.prepare('SELECT updatedAt FROM session WHERE token = ?').pluck()

  return {
    guard: [
      async (req, res, next) => {
        const headers = fromNodeHeaders(req.headers)
        const { response, headers: answered } = await auth.api.getSession({ headers, returnHeaders: true })
        if (response === null) {
          res.sendStatus(401)
          return
        }
        sendCookies(answered, res)
        res.locals['user'] = response.user
        next()
      },
    ],
    userOf(req) {
      const { name, role } = (req.res as Response).locals['user'] as { name: string; role: string }
      return { id: name, role }
    },
    async login(_req, res, { id }: User) {
      const body = { name: id, email: `${id}@example.com`, password: 'unimportant' }
      const { headers } = await auth.api.signUpEmail({ body, returnHeaders: true })
      sendCookies(headers, res)
    },
    async revoke(credential) {
      const headers = new Headers({ cookie: credential.value })
      await auth.api.revokeSession({
        headers,
        body: { token: cookieOf(credential, COOKIE).split('.')[0] ?? '' },
      })
    },
    renewalOf(credential) {
      return Date.parse(renewal.get(cookieOf(credential, COOKIE).split('.')[0]) as string)
    },
  }
}

function sendCookies(headers: Headers, res: Response): void {
  for (const cookie of headers.getSetCookie()) res.append('Set-Cookie', cookie)
}
