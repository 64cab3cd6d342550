import type { Client } from './client.ts'

/** The hooks that `hooks` gives: a part of ky's own `Hooks`. */
export interface SessionHooks {
  beforeRequest: [(state: { request: Request }) => Promise<Request>]
  beforeRetry: [(state: { request: Request }) => Promise<Request>]
  afterResponse: [(state: { request: Request; response: Response }) => Promise<void>]
}

/**
 * Hooks for ky 2: `ky.extend({ hooks: hooks(client) })` sends the client's token, a newer one at each retry,
 * keeps the latest `X-JWT` and reports the end of the session. Log in and out by the client itself.
 */
export function hooks(client: Client): SessionHooks {
  const authorize = async ({ request }: { request: Request }): Promise<Request> =>
    new Request(request, await client.authorize(request))
  return {
    beforeRequest: [authorize],
    beforeRetry: [authorize],
    afterResponse: [({ request, response }) => client.receive(response, request)],
  }
}
