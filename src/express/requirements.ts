import type { Duration } from '../protocol/duration.ts'
import { ConfigurationError } from '../protocol/errors.ts'
import { readBoolean, readDuration, refuseUnknown, show } from '../protocol/options.ts'

/** What a route asks for beyond a valid session. */
export interface AuthenticateOptions {
  /** Lets requests without a token pass, with `req.auth` undefined. A token that is sent must be right all the same. Default false. */
  readonly optional?: boolean
  /** Reads the database and asks `loadClaims` on each request, so that a changed role or a disabled user counts at once. Default false. */
  readonly strict?: boolean
  /**
   * The longest time since the login, for routes that want a recent one; else 403 `forbidden`, whose challenge tells
   * `max_age` in seconds as RFC 9470 section 3 does. Its error is `insufficient_scope`: the token itself is right, and
   * a 401 would end the session in clients. Default: no limit.
   */
  readonly maxAuthAge?: Duration
  /** The `role` claim must be this, or one of these; else 403 `forbidden`. Default: any. */
  readonly role?: string | readonly string[]
}

/** The same, validated. */
interface Requirements {
  readonly optional: boolean
  readonly strict: boolean
  readonly maxAuthAge: number | undefined
  readonly roles: readonly string[] | undefined
}

const OPTIONS = ['optional', 'strict', 'maxAuthAge', 'role']

/**
 * Validates the options of a route.
 *
 * @throws ConfigurationError naming the first one that cannot be used.
 */
export function readRequirements(options: AuthenticateOptions): Requirements {
  refuseUnknown(options, OPTIONS)
  const { optional, strict, maxAuthAge, role } = options
  return {
    optional: readBoolean('optional', optional),
    strict: readBoolean('strict', strict),
    maxAuthAge: maxAuthAge === undefined ? undefined : readDuration('maxAuthAge', maxAuthAge),
    roles: role === undefined ? undefined : readRoles(role),
  }
}

function readRoles(role: unknown): readonly string[] {
  const roles: unknown[] = [role].flat()
  if (roles.length === 0 || !roles.every((entry) => typeof entry === 'string' && entry !== '')) {
    throw new ConfigurationError('role', show(role), 'a role, or a list of roles')
  }
  return roles as string[]
}
