import express, { type RequestHandler } from 'express'
import { SlidingSessionError } from '../index.ts'

/** Not strict: JSON that is no object is JSON, and the schemas of the bodies say what they take. */
const parse = express.json({ limit: '16kb', type: 'application/json', strict: false })

/** Why a body could not be read, by the types of Express's body parser; its own messages quote the body. */
const REASONS: Readonly<Record<string, string>> = {
  'entity.parse.failed': 'is not JSON',
  'charset.unsupported': 'takes UTF-8',
  'encoding.unsupported': 'takes gzip, deflate, br or no compression',
}

/** Reads a JSON body of at most 16 kB; what cannot be read is 413 or 400. It stands behind the check of rights. */
export const readJson: RequestHandler = (req, res, next) => {
  parse(req, res, (error) => next(error === undefined ? undefined : toProblem(error)))
}

function toProblem(error: { status?: number; type?: string }): unknown {
  if (error.status === 413)
    return new SlidingSessionError('payload_too_large', 'The body takes 16 kB at most.')
  if (error.status === undefined || error.status >= 500) return error
  return new SlidingSessionError('body_invalid', `body: ${REASONS[error.type ?? ''] ?? 'cannot be read'}`)
}
