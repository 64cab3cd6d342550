import type { Application, NextFunction, Request, RequestHandler, Response } from 'express'
import type { Auth, Outcome } from '../outcome.ts'
import { DURATION_FORM, type Duration, parseDuration } from '../protocol/duration.ts'
import { ConfigurationError, type ErrorCode } from '../protocol/errors.ts'
import { refuseUnknown, show } from '../protocol/policy.ts'
import type { Sessions } from '../sessions.ts'
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
  readonly maxAuthAge: number | undefined
  readonly roles: readonly string[] | undefined
}

declare global {
  namespace Express {
    interface Request {
      /**
       * Who sent the request: present behind `authenticate()`. It is undefined where that did not run, and with
       * `optional` where no token was sent.
       */
      auth: Auth
    }
  }
}

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
  const checkProxies = proxyCheck(sessions)
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
      const challenge = challengeOf(realm, 'insufficient_user_authentication', seconds)
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

const OPTIONS = ['optional', 'strict', 'maxAuthAge', 'role']

function readRequirements(options: AuthenticateOptions): Requirements {
  refuseUnknown(options, OPTIONS)
  const { optional, strict, maxAuthAge, role } = options
  const longest = maxAuthAge === undefined ? undefined : parseDuration(maxAuthAge)
  if (maxAuthAge !== undefined && longest === undefined)
    throw new ConfigurationError('maxAuthAge', show(maxAuthAge), DURATION_FORM)
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
function proxyCheck(sessions: Judge): (app: Application) => void {
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
