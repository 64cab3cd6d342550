/** One row of the closed list of error codes. */
export interface ErrorDefinition {
  readonly status: number
  readonly title: string
  readonly cause: string
  readonly cure: string
}

/** Every code an answer can carry, with its HTTP status, cause and cure. The list is closed. */
export const ERRORS = {
  token_missing: {
    status: 401,
    title: 'No token was sent',
    cause: 'The route needs a token and the request has no `Authorization: Bearer` header.',
    cure: 'Log in and send the token.',
  },
  token_malformed: {
    status: 401,
    title: 'The token is malformed',
    cause: 'What was sent is not a JWT, is too long, or more than one was sent.',
    cure: 'Send exactly the value of the latest `X-JWT` header, once.',
  },
  token_invalid: {
    status: 401,
    title: 'The token is invalid',
    cause:
      'Signature, algorithm, key, type, issuer, audience or a claim is not right. It may come from another installation, or its key was retired.',
    cure: 'Log in again.',
  },
  session_unknown: {
    status: 401,
    title: 'The session is unknown',
    cause: 'No record has this `jti`: it ended long ago and was pruned, or the database is another one.',
    cure: 'Log in again.',
  },
  session_revoked: {
    status: 401,
    title: 'The session was revoked',
    cause: 'It was ended by a logout, by the user from another device, by an administrator or by a rule.',
    cure: 'Log in again.',
  },
  user_disabled: {
    status: 401,
    title: 'The user is disabled',
    cause: 'The user is gone or disabled; all of the sessions were revoked.',
    cure: 'Ask an administrator.',
  },
  session_expired: {
    status: 401,
    title: 'The session is over its maximum age',
    cause: 'The login is longer ago than `maxAge`; a renewal never goes beyond that.',
    cure: 'Log in again.',
  },
  session_idle: {
    status: 401,
    title: 'The session was idle for too long',
    cause: 'The last renewal is longer ago than `idleTimeout`.',
    cure: 'Log in again.',
  },
  fingerprint_mismatch: {
    status: 401,
    title: 'The client is not the one that logged in',
    cause:
      'An expired token came from another browser, device or network than the fingerprint policy allows.',
    cure: 'Use the browser that logged in, or log in again.',
  },
  token_reused: {
    status: 401,
    title: 'A superseded token was used',
    cause:
      'An expired token was presented that another one had replaced: two parties hold tokens of one session. The session was revoked.',
    cure: 'Log in again. If it happens again, look for where the token leaks.',
  },
  credentials_invalid: {
    status: 401,
    title: 'The credentials are wrong',
    cause: 'User name and password do not belong together, or the user may not log in.',
    cure: 'Try again with the right ones.',
  },
  forbidden: {
    status: 403,
    title: 'Not allowed',
    cause: 'The role does not permit it, or the login is too long ago for this route.',
    cure: 'Use another account, or log in again.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    cause: 'There is no such route or resource, or it belongs to somebody else.',
    cure: 'Check path and identifier.',
  },
  conflict: {
    status: 409,
    title: 'Conflict',
    cause: 'The name is taken, or the change would leave no enabled administrator.',
    cure: 'Choose another name, or make another user an administrator first.',
  },
  body_invalid: {
    status: 400,
    title: 'The request is invalid',
    cause: 'Body or query do not have the form that the route takes; `detail` names the place.',
    cure: 'Correct the request.',
  },
  payload_too_large: {
    status: 413,
    title: 'The request is too large',
    cause: 'Body or headers are larger than the server takes.',
    cure: 'Send less.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many attempts',
    cause:
      'Too many logins failed for this account or from this address; or a resource server asks too often.',
    cure: 'Wait as long as `Retry-After` says.',
  },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    cause: 'The database did not answer, so nobody can be let in; or the server is stopping.',
    cure: 'Try again after `Retry-After`. Look at `/readyz` and at the log.',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    cause: 'Something unexpected happened; nothing of it is told outside.',
    cure: 'Look for the request id in the log.',
  },
} as const satisfies Record<string, ErrorDefinition>

/** One of the closed list of error codes. */
export type ErrorCode = keyof typeof ERRORS

/** The codes with which `decide` refuses a token. */
export type RefusalCode = Extract<
  ErrorCode,
  `token_${string}` | `session_${string}` | 'user_disabled' | 'fingerprint_mismatch'
>

/** An error with a code of the list; Express answers it with `status`. */
export class SlidingSessionError extends Error {
  override readonly name = 'SlidingSessionError'
  /** What went wrong: stable, for programs. */
  readonly code: ErrorCode
  /** The HTTP status that belongs to the code. */
  readonly status: number

  constructor(code: ErrorCode, detail?: string, options?: ErrorOptions) {
    super(detail ?? ERRORS[code].title, options)
    this.code = code
    this.status = ERRORS[code].status
  }
}

/**
 * A setting that cannot be used: which one, what it got, what it takes. Thrown where it is given, at start or in a
 * call; on a request only for what cannot be known before: an answer of `loadClaims`, `trust proxy`, and the place of
 * `renew()`.
 */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly code = 'option_invalid'
  readonly option: string
  readonly got: string
  readonly takes: string

  constructor(option: string, got: string, takes: string, message = `${option}: got ${got}, takes ${takes}`) {
    super(message)
    this.option = option
    this.got = got
    this.takes = takes
  }
}
