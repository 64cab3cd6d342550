import '../runtime.ts'
import type { RequestHandler } from 'express'
import { authenticate } from '../express/authenticate.ts'
import type { AuthenticateOptions } from '../express/requirements.ts'
import type { Outcome } from '../outcome.ts'
import { normaliseIp } from '../protocol/ip.ts'
import { readBoolean, refuseUnknown } from '../protocol/options.ts'
import type { Client } from '../protocol/types.ts'
import { USER_AGENT_LENGTH } from '../protocol/user-agent.ts'
import { type ResourceOptions, readOptions } from './options.ts'
import { Resource } from './resource.ts'

export type { Auth } from '../express/auth.ts'
export { type Problem, problemHandler, problemOf, sendProblem } from '../express/problem.ts'
export type { AuthenticateOptions } from '../express/requirements.ts'
export type { Outcome } from '../outcome.ts'
export {
  ConfigurationError,
  type ErrorCode,
  type RefusalCode,
  SlidingSessionError,
} from '../protocol/errors.ts'
export type { Claims, Client } from '../protocol/types.ts'
export type { ResourceOptions } from './options.ts'

/** A server that takes tokens of an auth server, and has neither its keys nor its database. */
export interface ResourceServer {
  /**
   * The middleware that lets valid sessions pass, sets `req.auth`, and has expired tokens renewed. Fresh tokens are
   * judged here alone; with `strict`, the auth server is asked.
   */
  authenticate(options?: AuthenticateOptions): RequestHandler
  /**
   * The same judgement as a plain function, for any framework: of the token that a request carries, undefined where
   * there is none. Where the outcome has a `token`, hand it to the client in `X-JWT`, with `Cache-Control: no-store`.
   *
   * @throws SlidingSessionError `unavailable` where the auth server does not answer, ConfigurationError where an
   * option is unknown or cannot be used.
   */
  verify(token: string | undefined, client: Client, options?: { strict?: boolean }): Promise<Outcome>
}

/**
 * Makes a resource server. Nothing is asked of the auth server before the first token comes.
 *
 * @throws ConfigurationError where an option cannot be used.
 */
export function resourceServer(options: ResourceOptions): ResourceServer {
  const settings = readOptions(options)
  const resource = new Resource(settings)
  return {
    authenticate: (requirements) => authenticate(resource, settings.now, requirements),

    async verify(token, { ip, userAgent }, options = {}) {
      refuseUnknown(options, ['strict'])
      const strict = readBoolean('strict', options.strict)
      const client = { ip: normaliseIp(ip), userAgent: userAgent.slice(0, USER_AGENT_LENGTH) }
      return resource.authenticate(token ?? { kind: 'missing' }, () => client, strict)
    },
  }
}
