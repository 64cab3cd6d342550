import jwt from 'jsonwebtoken'
import { type AuthenticateOptions, type SlidingSessionOptions, slidingSession } from '../../src/index.ts'
import { type Service, type Setting, tokenOf } from './candidate.ts'

/** No fresh token expires during a run; how long tokens live makes no difference to what a request costs. */
export const LONG: Partial<SlidingSessionOptions> = { tokenTtl: '1d' }

/**
 * Every token has expired when it comes back, so each request takes the whole way of a renewal. Without grace,
 * as the end of a slice cuts requests off, and the next one comes with the old token before the grace ends.
 */
export const EXPIRED: Partial<SlidingSessionOptions> = { tokenTtl: '1ms', grace: 0 }

/** For one process alone, which need not look for what other processes wrote. */
export const SINGLE: Partial<SlidingSessionOptions> = { ...LONG, singleProcess: true }

/** This project, through its public face. */
export async function ours(
  { database, secret }: Setting,
  options: Partial<SlidingSessionOptions>,
  authenticate: AuthenticateOptions = {},
): Promise<Service> {
  const sessions = await slidingSession({
    ...options,
    secret,
    database,
    loadClaims: () => ({ role: 'user' }),
  })
  return {
    guard: [sessions.authenticate(authenticate)],
    userOf: ({ auth }) => ({ id: auth?.userId ?? '', role: auth?.claims['role'] as string }),
    async login(req, res, { id }) {
      await sessions.start(req, res, id)
    },
    revoke: (credential) => sessions.revoke(jtiOf(tokenOf(credential))),
    async renewalOf(credential) {
      return (await sessions.find(jtiOf(tokenOf(credential))))?.updatedAt.getTime()
    },
  }
}

function jtiOf(token: string): string {
  return (jwt.decode(token) as { jti: string }).jti
}
