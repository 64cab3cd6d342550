import type { IncomingMessage } from 'node:http'
import type { ErrorRequestHandler, Response } from 'express'
import { ERRORS, type ErrorCode, SlidingSessionError } from '../protocol/errors.ts'
import { readCredential } from './read-request.ts'

/** A problem document (RFC 9457). */
export interface Problem {
  /** Leads to the code's section of `GET /docs/errors`, on the same host. */
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  readonly detail: string
}

/** What a problem document says beside its code. */
export interface ProblemOptions {
  /** One sentence on this very case; never anything secret. Default: the code's title. */
  readonly detail?: string | undefined
  /** The challenge of a 401 or 403 (`WWW-Authenticate`). */
  readonly challenge?: string | undefined
  /** Seconds, for `Retry-After`. */
  readonly retryAfter?: number | undefined
}

/** Seconds after which a client may ask again when the database failed. */
const RETRY_AFTER_FAILURE = 1

/** The problem document of a code; `detail` is by default the code's title. */
export function problemOf(code: ErrorCode, detail: string = ERRORS[code].title): Problem {
  const { status, title } = ERRORS[code]
  return { type: `/docs/errors#${code}`, title, status, code, detail }
}

/**
 * Answers with a problem document (RFC 9457) of one of the listed codes. Where the headers are already out,
 * the connection is cut, so that nobody takes half an answer for a whole one. For a log, `res.locals.code` tells the code.
 */
export function sendProblem(res: Response, code: ErrorCode, options: ProblemOptions = {}): void {
  if (res.headersSent) {
    res.destroy()
    return
  }
  const { challenge, retryAfter = code === 'unavailable' ? RETRY_AFTER_FAILURE : undefined } = options
  const problem = problemOf(code, options.detail)
  res.locals['code'] = code
  if (challenge !== undefined) res.setHeader('WWW-Authenticate', challenge)
  if (retryAfter !== undefined) res.setHeader('Retry-After', String(retryAfter))
  res
    .status(problem.status)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(problem))
}

/** The challenge of RFC 6750 section 3: with an error, unless no token was sent. */
export function challengeOf(realm: string, error?: string, parameters = ''): string {
  return error === undefined
    ? `Bearer realm="${realm}"`
    : `Bearer realm="${realm}", error="${error}"${parameters}`
}

/** The challenge of a 401: `invalid_token`, unless no token was sent. Another scheme than Bearer brings none. */
export function refusalChallenge(req: IncomingMessage, realm: string): string {
  const credential = readCredential(req)
  const isMissing = typeof credential === 'object' && credential.kind === 'missing'
  return challengeOf(realm, isMissing ? undefined : 'invalid_token')
}

/** An error handler that answers this library's errors as problem documents and hands on all others. */
export function problemHandler(realm: string): ErrorRequestHandler {
  return (error, req, res, next) => {
    if (!(error instanceof SlidingSessionError)) {
      next(error)
      return
    }
    sendProblem(res, error.code, { detail: error.message, challenge: challengeFor(error, req, realm) })
  }
}

function challengeFor(
  { status }: SlidingSessionError,
  req: IncomingMessage,
  realm: string,
): string | undefined {
  if (status === 401) return refusalChallenge(req, realm)
  return status === 403 ? challengeOf(realm, 'insufficient_scope') : undefined
}
