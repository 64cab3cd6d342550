import type { Request, Response } from 'express'
import { ERRORS, type ErrorCode } from '../index.ts'

/** What came of a request: it was answered, with or without a new token, or refused with a code. */
export type RequestOutcome = ErrorCode | 'ok' | 'renewed' | 'aborted' | 'other'

/** What came of it, once its answer is out or its client gone. */
export function outcomeOf(
  { auth }: Request,
  { locals, writableFinished, statusCode }: Response,
): RequestOutcome {
  if (!writableFinished) return 'aborted'
  const code: unknown = locals['code']
  if (typeof code === 'string' && code in ERRORS) return code as ErrorCode
  if (statusCode >= 400) return 'other'
  return auth?.renewed ? 'renewed' : 'ok'
}
