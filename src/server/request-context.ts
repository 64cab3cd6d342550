import { AsyncLocalStorage } from 'node:async_hooks'
import type { Request, RequestHandler } from 'express'
import { readClient } from '../index.ts'

/** On whose behalf the code runs that a request started. */
interface Context {
  readonly req: Request
  /** The user of a request that logs in: no token tells who that is. */
  actorId: string | undefined
}

const contexts = new AsyncLocalStorage<Context>()

/** Lets everything that a request starts know which request that was, for the audit trail. */
export const requestContext: RequestHandler = (req, _res, next) => {
  contexts.run({ req, actorId: undefined }, next)
}

/** Names the user on whose behalf the rest of this request runs. */
export function actAs(userId: string): void {
  const context = contexts.getStore()
  if (context !== undefined) context.actorId = userId
}

/** Who does what is being done, as far as it is known; nobody outside of requests. */
export function currentActor(): { readonly actorId: string | null; readonly ip: string | null } {
  const context = contexts.getStore()
  if (context === undefined) return { actorId: null, ip: null }
  const { req, actorId = req.auth?.userId ?? null } = context
  return { actorId, ip: readClient(req).ip || null }
}
