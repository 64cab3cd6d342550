/** What a log says of an error. */
export interface ErrorDescription {
  readonly type: string
  readonly message: string
  readonly code?: unknown
  readonly stack?: string | undefined
  readonly cause?: ErrorDescription
}

/** How deep the causes of causes go. */
const DEPTH = 4

/**
 * An error for the log: only what is known to hold no data of a request. Other properties are left out, as
 * libraries put bodies and parameters there; an error that names the parameters of a query gives way to its cause.
 */
export function describeError(error: unknown, depth = DEPTH): ErrorDescription {
  if (!(error instanceof Error))
    return { type: typeof error, message: 'something was thrown that is no error' }
  const { name, message, stack, cause } = error
  if ('query' in error && 'params' in error) {
    return cause === undefined ? { type: name, message: 'a query failed' } : describeError(cause, depth)
  }
  return {
    type: name,
    message,
    stack,
    ...('code' in error && { code: error.code }),
    ...(cause !== undefined && depth > 0 && { cause: describeError(cause, depth - 1) }),
  }
}
