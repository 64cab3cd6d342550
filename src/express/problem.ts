import type { ErrorRequestHandler, Response } from 'express'
import { ERRORS, type ErrorCode, SlidingSessionError } from '../protocol/errors.ts'

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

/**
 * Answers with a problem document (RFC 9457) of one of the listed codes. Where the headers are already out,
 * the connection is cut, so that nobody takes half an answer for a whole one.
 */
export function sendProblem(res: Response, code: ErrorCode, options: ProblemOptions = {}): void {
  if (res.headersSent) {
    res.destroy()
    return
  }
  const { status, title } = ERRORS[code]
  const {
    detail = title,
    challenge,
    retryAfter = code === 'unavailable' ? RETRY_AFTER_FAILURE : undefined,
  } = options
  if (challenge !== undefined) res.setHeader('WWW-Authenticate', challenge)
  if (retryAfter !== undefined) res.setHeader('Retry-After', String(retryAfter))
  res
    .status(status)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify({ type: `/docs/errors#${code}`, title, status, code, detail }))
}

/** The challenge of RFC 6750 section 3: with an error, unless no token was sent. */
export function challengeOf(realm: string, error?: string, parameters = ''): string {
  return error === undefined
    ? `Bearer realm="${realm}"`
    : `Bearer realm="${realm}", error="${error}"${parameters}`
}

/** An error handler that answers this library's errors as problem documents and hands on all others. */
export function problemHandler(realm: string): ErrorRequestHandler {
  return (error, req, res, next) => {
    if (!(error instanceof SlidingSessionError)) {
      next(error)
      return
    }
    const isSent = req.headers.authorization !== undefined
    const challenge =
      error.status === 401 ? challengeOf(realm, isSent ? 'invalid_token' : undefined) : undefined
    sendProblem(res, error.code, { detail: error.message, challenge })
  }
}
