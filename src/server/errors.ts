import type { ErrorRequestHandler, RequestHandler } from 'express'
import { type ErrorCode, refusalChallenge, SlidingSessionError, sendProblem } from '../index.ts'
import { describeError } from './describe-error.ts'
import { RateLimited } from './login-limits.ts'

/** What is answered where no route answers. */
export const notFound: RequestHandler = (_req, _res, next) => {
  next(new SlidingSessionError('not_found', 'There is no such route.'))
}

/** Answers every error with a problem document. What is unexpected is logged, and nothing of it goes out. */
export function errorHandler(realm: string): ErrorRequestHandler {
  return (error, req, res, _next) => {
    const { code, detail } = toProblem(error)
    if (code === 'internal' || code === 'unavailable') req.log.error({ err: describeError(error) }, code)
    sendProblem(res, code, {
      detail,
      challenge: isRefused(error) ? refusalChallenge(req, realm) : undefined,
      retryAfter: error instanceof RateLimited ? error.retryAfter : undefined,
    })
  }
}

/** A path that cannot be decoded leads nowhere. */
function toProblem(error: unknown): { code: ErrorCode; detail?: string } {
  if (error instanceof SlidingSessionError) return { code: error.code, detail: error.message }
  return { code: error instanceof URIError ? 'not_found' : 'internal' }
}

function isRefused(error: unknown): boolean {
  return error instanceof SlidingSessionError && error.status === 401
}
