import { describe, expect, it } from 'vitest'
import { ConfigurationError, ERRORS, type ErrorCode, SlidingSessionError } from '../../src/protocol/errors.ts'

/** The closed list, as the contract has it. */
const STATUSES: Record<ErrorCode, number> = {
  token_missing: 401,
  token_malformed: 401,
  token_invalid: 401,
  session_unknown: 401,
  session_revoked: 401,
  user_disabled: 401,
  session_expired: 401,
  session_idle: 401,
  fingerprint_mismatch: 401,
  token_reused: 401,
  credentials_invalid: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  body_invalid: 400,
  payload_too_large: 413,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
}

const CODES = Object.keys(STATUSES) as ErrorCode[]

describe('the list of errors', () => {
  it('is closed', () => {
    expect(Object.keys(ERRORS).sort()).toEqual([...CODES].sort())
  })

  it.each(CODES)('%s has its status, a title of one line, cause and cure', (code) => {
    const { status, title, cause, cure } = ERRORS[code]
    expect(status).toBe(STATUSES[code])
    expect(title).toMatch(/^[A-Z][^\n.]{3,80}$/)
    expect(cause).toMatch(/\.$/)
    expect(cure).toMatch(/\.$/)
  })
})

describe('SlidingSessionError', () => {
  it.each(CODES)('%s: status and title of the list', (code) => {
    const error = new SlidingSessionError(code)
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'SlidingSessionError', code, status: STATUSES[code] })
    expect(error.message).toBe(ERRORS[code].title)
  })

  it('takes a detail and a cause', () => {
    const cause = new Error('disk full')
    const error = new SlidingSessionError('unavailable', 'Not now.', { cause })
    expect(error.message).toBe('Not now.')
    expect(error.cause).toBe(cause)
  })
})

describe('ConfigurationError', () => {
  it('says in one line which option, what it got and what it takes', () => {
    const error = new ConfigurationError('grace', '"soon"', 'a duration')
    expect(error.message).toBe('grace: got "soon", takes a duration')
    expect(error).toMatchObject({
      name: 'ConfigurationError',
      code: 'option_invalid',
      option: 'grace',
      got: '"soon"',
      takes: 'a duration',
    })
  })
})
