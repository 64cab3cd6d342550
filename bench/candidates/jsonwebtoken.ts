import type { RequestHandler, Response } from 'express'
import jwt from 'jsonwebtoken'
import { type Service, type Setting, tokenOf } from './candidate.ts'
import { openDurable } from './database.ts'
import { bearerOf, keyOf, type PlainClaims, sign, VERIFY } from './plain-jwt.ts'

/** jsonwebtoken by hand, without a record: nothing can be revoked. */
export async function stateless({ secret }: Setting): Promise<Service> {
  const key = keyOf(secret)
  return {
    guard: [verifying(key, () => true)],
    userOf,
    login: (_req, res, user) => void res.set('X-JWT', sign(user, key).token),
    revoke: () => undefined,
  }
}

/** jsonwebtoken by hand, and the record of the session read on each request. */
export async function withSelect({ secret, database }: Setting): Promise<Service> {
  const key = keyOf(secret)
  const sqlite = openDurable(database)
  sqlite.exec(
    `CREATE TABLE IF NOT EXISTS sessions
     (jti TEXT PRIMARY KEY, user_id TEXT NOT NULL, valid INTEGER NOT NULL) WITHOUT ROWID`,
  )
  const insert = sqlite.prepare('INSERT INTO sessions VALUES (?, ?, 1)')
  const select = sqlite.prepare('SELECT valid FROM sessions WHERE jti = ?').pluck()
  const revoke = sqlite.prepare('UPDATE sessions SET valid = 0 WHERE jti = ?')
  return {
    guard: [verifying(key, (jti) => select.get(jti) === 1)],
    userOf,
    login(_req, res, user) {
      const { token, jti } = sign(user, key)
      insert.run(jti, user.id)
      res.set('X-JWT', token)
    },
    revoke: (credential) => revoke.run((jwt.decode(tokenOf(credential)) as PlainClaims).jti),
  }
}

function verifying(key: ReturnType<typeof keyOf>, isValid: (jti: string) => boolean): RequestHandler {
  return (req, res, next) => {
    try {
      const claims = jwt.verify(bearerOf(req.headers.authorization), key, VERIFY) as PlainClaims
      if (isValid(claims.jti)) {
        res.locals['claims'] = claims
        next()
        return
      }
    } catch {
      // answered below
    }
    res.sendStatus(401)
  }
}

const userOf: Service['userOf'] = (req) => {
  const { sub, role } = (req.res as Response).locals['claims'] as PlainClaims
  return { id: sub, role }
}
