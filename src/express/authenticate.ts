import type { NextFunction, Request, RequestHandler, Response } from 'express'
import type { Auth, Outcome } from '../outcome.ts'
import type { ErrorCode } from '../protocol/errors.ts'
import type { Sessions } from '../sessions.ts'
import { challengeOf, problemHandler, sendProblem } from './problem.ts'
import { proxyCheck } from './proxy-check.ts'
import { readClient, readCredential } from './read-request.ts'
import { type AuthenticateOptions, readRequirements } from './requirements.ts'
import { sendToken } from './write-response.ts'

/** Whoever judges tokens: the engine, or a server that asks it. */
type Judge = Pick<Sessions, 'policy' | 'authenticate' | 'isRevoked'>

/**
 * The middleware that lets valid sessions pass and renews expired tokens. Where it runs a second time on a
 * request (for a route that asks for more), it does not look at the token again unless that route is strict.
 */
export function authenticate(
  sessions: Judge,
  now: () => number,
  options: AuthenticateOptions = {},
): RequestHandler {
  const { optional, strict, maxAuthAge, roles } = readRequirements(options)
  const realm = sessions.policy.issuer
  const checkProxies = proxyCheck(sessions.policy)
  const handleError = problemHandler(realm)

  function answer(outcome: Outcome, req: Request, res: Response, next: NextFunction): void {
    if (outcome.kind === 'pass') {
      const { auth, token } = outcome
      if (token !== undefined) sendToken(res, token, () => !sessions.isRevoked(auth.jti))
      admit(auth, req, res, next)
    } else if (outcome.code === 'token_missing' && optional) {
      next()
    } else {
      refuse(res, outcome.code, realm)
    }
  }

  function admit(auth: Auth, req: Request, res: Response, next: NextFunction): void {
    remember(req, sessions, auth)
    if (roles !== undefined && !roles.includes(auth.claims['role'] as string)) {
      const challenge = challengeOf(realm, 'insufficient_scope')
      sendProblem(res, 'forbidden', { detail: 'Your role does not permit this.', challenge })
    } else if (maxAuthAge !== undefined && now() - auth.authTime > maxAuthAge) {
      const seconds = `, max_age="${Math.floor(maxAuthAge / 1000)}"`
      const challenge = challengeOf(realm, 'insufficient_scope', seconds)
      sendProblem(res, 'forbidden', { detail: 'Your login is too long ago for this.', challenge })
    } else {
      next()
    }
  }

  return (req, res, next) => {
    const before = admittedBy(sessions, req)
    if (before !== undefined && !strict) {
      admit(before, req, res, next)
      return
    }
    try {
      checkProxies(req.app)
      const outcome = sessions.authenticate(readCredential(req), () => readClient(req), strict, req.socket)
      if (!(outcome instanceof Promise)) answer(outcome, req, res, next)
      else {
        outcome
          .then((settled) => answer(afterRenewal(settled, before), req, res, next))
          .catch((error) => handleError(error, req, res, next))
      }
    } catch (error) {
      handleError(error, req, res, next)
    }
  }
}

/** A request that was renewed by an earlier `authenticate` stays one. */
function afterRenewal(outcome: Outcome, before: Auth | undefined): Outcome {
  if (outcome.kind !== 'pass' || before?.renewed !== true) return outcome
  return { ...outcome, auth: { ...outcome.auth, renewed: true } }
}

/** Where a request remembers who was admitted, and by whom: `req.auth` may be set by others, too. */
const ADMITTED = Symbol('admitted')

interface Admitted {
  [ADMITTED]?: { readonly sessions: Judge; readonly auth: Auth }
}

function remember(req: Request & Admitted, sessions: Judge, auth: Auth): void {
  req.auth = auth
  req[ADMITTED] = { sessions, auth }
}

/** Whom these sessions, and no others, have let in with this request. */
export function admittedBy(sessions: Judge, req: Request & Admitted): Auth | undefined {
  const entry = req[ADMITTED]
  return entry?.sessions === sessions ? entry.auth : undefined
}

/** 401 with the challenge of RFC 6750: no error where no token was sent. */
export function refuse(res: Response, code: ErrorCode, realm: string): void {
  sendProblem(res, code, {
    challenge: challengeOf(realm, code === 'token_missing' ? undefined : 'invalid_token'),
  })
}
