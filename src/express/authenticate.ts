import type { Application, NextFunction, Request, RequestHandler, Response } from 'express'
import { DURATION_FORM, type Duration, parseDuration } from '../protocol/duration.ts'
import { ConfigurationError, type ErrorCode } from '../protocol/errors.ts'
import { refuseUnknown, show } from '../protocol/policy.ts'
import type { Auth, Outcome, Sessions } from '../sessions.ts'
import { challengeOf, problemHandler, sendProblem } from './problem.ts'
import { readClient, readCredential } from './read-request.ts'
import { sendToken } from './write-response.ts'

/** What a route asks for beyond a valid session. */
export interface AuthenticateOptions {
  /** Lets requests without a token pass, with `req.auth` undefined. A token that is sent must be right all the same. Default false. */
  readonly optional?: boolean
  /** Reads the database and asks `loadClaims` on each request, so that a changed role or a disabled user counts at once. Default false. */
  readonly strict?: boolean
  /** The longest time since the login, for routes that want a recent one; else 403 `forbidden` (RFC 9470). Default: no limit. */
  readonly maxAuthAge?: Duration
  /** The `role` claim must be this, or one of these; else 403 `forbidden`. Default: any. */
  readonly role?: string | readonly string[]
}

interface Requirements {
  readonly optional: boolean
  readonly strict: boolean
  readonly maxAuthAge: number
  readonly roles: readonly string[] | undefined
}

declare global {
  namespace Express {
    interface Request {
      /** Who sent the request; undefined where `authenticate` did not run, or let a request without token pass. */
      auth?: Auth
    }
  }
}

/**
 * The middleware that lets valid sessions pass and renews expired tokens. Where it runs a second time on a
 * request (for a route that asks for more), it does not look at the token again unless that route is strict.
 */
export function authenticate(
  sessions: Sessions,
  now: () => number,
  options: AuthenticateOptions = {},
): RequestHandler {
  const requirements = readRequirements(options)
  const checkProxies = proxyCheck(sessions)
  const handleError = problemHandler(sessions.policy.issuer)

  return (req: Request, res: Response, next: NextFunction) => {
    const before = admittedBy(sessions, req)
    if (before !== undefined && !requirements.strict) {
      admit(before)
      return
    }
    try {
      checkProxies(req.app)
      const outcome = sessions.authenticate(readCredential(req), () => readClient(req), requirements.strict)
      if (outcome instanceof Promise) outcome.then(answer).catch(fail)
      else answer(outcome)
    } catch (error) {
      fail(error)
    }

    function answer(outcome: Outcome): void {
      if (outcome.kind === 'pass') {
        const { auth, token } = outcome
        if (token !== undefined) sendToken(res, token, () => !sessions.isRevoked(auth.jti))
        admit(before?.renewed === true ? { ...auth, renewed: true } : auth)
      } else if (outcome.code === 'token_missing' && requirements.optional) {
        next()
      } else {
        refuse(res, outcome.code, sessions.policy.issuer)
      }
    }

    function admit(auth: Auth): void {
      req.auth = auth
      admitted.set(req, { sessions, auth })
      if (requirements.roles !== undefined && !requirements.roles.includes(auth.claims['role'] as string)) {
        const challenge = challengeOf(sessions.policy.issuer, 'insufficient_scope')
        sendProblem(res, 'forbidden', { detail: 'Your role does not permit this.', challenge })
      } else if (now() - auth.authTime > requirements.maxAuthAge) {
        const seconds = `, max_age="${Math.floor(requirements.maxAuthAge / 1000)}"`
        const challenge = challengeOf(sessions.policy.issuer, 'insufficient_user_authentication', seconds)
        sendProblem(res, 'forbidden', { detail: 'Your login is too long ago for this.', challenge })
      } else {
        next()
      }
    }

    function fail(error: unknown): void {
      handleError(error, req, res, next)
    }
  }
}

/** Who was admitted, and by whom: `req.auth` may also be set by other middleware, or for other sessions. */
const admitted = new WeakMap<Request, { readonly sessions: Sessions; readonly auth: Auth }>()

/** Whom these sessions, and no others, have let in with this request. */
export function admittedBy(sessions: Sessions, req: Request): Auth | undefined {
  const entry = admitted.get(req)
  return entry?.sessions === sessions ? entry.auth : undefined
}

/** 401 with the challenge of RFC 6750: no error where no token was sent. */
export function refuse(res: Response, code: ErrorCode, realm: string): void {
  sendProblem(res, code, {
    challenge: challengeOf(realm, code === 'token_missing' ? undefined : 'invalid_token'),
  })
}

const OPTIONS = ['optional', 'strict', 'maxAuthAge', 'role']

function readRequirements(options: AuthenticateOptions): Requirements {
  refuseUnknown(options, OPTIONS)
  const { optional, strict, maxAuthAge, role } = options
  const longest = maxAuthAge === undefined ? Number.POSITIVE_INFINITY : parseDuration(maxAuthAge)
  if (longest === undefined) throw new ConfigurationError('maxAuthAge', show(maxAuthAge), DURATION_FORM)
  return {
    optional: readBoolean('optional', optional),
    strict: readBoolean('strict', strict),
    maxAuthAge: longest,
    roles: role === undefined ? undefined : readRoles(role),
  }
}

function readBoolean(option: string, value: unknown = false): boolean {
  if (typeof value !== 'boolean') throw new ConfigurationError(option, show(value), 'true or false')
  return value
}

function readRoles(role: unknown): readonly string[] {
  const roles: unknown[] = [role].flat()
  if (roles.length === 0 || !roles.every((entry) => typeof entry === 'string' && entry !== '')) {
    throw new ConfigurationError('role', show(role), 'a role, or a list of roles')
  }
  return roles as string[]
}

/** `trust proxy: true` believes whatever a client writes into `X-Forwarded-For`. */
function proxyCheck(sessions: Sessions): (app: Application) => void {
  if (!sessions.policy.fingerprint.comparesIp) return () => undefined
  const checked = new WeakSet<Application>()
  return (app) => {
    if (checked.has(app)) return
    if (app.get('trust proxy') === true) {
      throw new ConfigurationError(
        'trust proxy',
        'true, with a fingerprint rule that compares addresses',
        'the number or the addresses of your proxies, as true lets every client choose its address',
      )
    }
    checked.add(app)
  }
}
