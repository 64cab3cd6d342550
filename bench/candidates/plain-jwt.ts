import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import jwt from 'jsonwebtoken'
import type { User } from './candidate.ts'

/** What the hand-made tokens of the peers carry: as much as those of sliding-jwt. */
export interface PlainClaims {
  readonly sub: string
  readonly jti: string
  readonly role: string
}

const CHECKS = { issuer: 'sliding-jwt', audience: 'sliding-jwt' }

/** What every verification by hand asks for. */
export const VERIFY = { ...CHECKS, algorithms: ['HS256' as const] }

/** Made once: from a string, jsonwebtoken makes a KeyObject at every call, which halves its rate. */
export function keyOf(secret: string): KeyObject {
  return createSecretKey(Buffer.from(secret))
}

/** A token that outlives the run. */
export function sign(user: User, key: KeyObject): { token: string; jti: string } {
  const jti = randomBytes(16).toString('base64url')
  const claims = { role: user.role, gen: 0, auth_time: Date.now() / 1000 }
  const token = jwt.sign(claims, key, {
    ...CHECKS,
    subject: user.id,
    jwtid: jti,
    expiresIn: '1d',
    keyid: 'k',
  })
  return { token, jti }
}

/** The token of `Authorization: Bearer`. */
export function bearerOf(authorization: string | undefined): string {
  return authorization?.startsWith('Bearer ') ? authorization.slice(7) : ''
}
