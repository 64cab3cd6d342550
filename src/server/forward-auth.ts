import type { Request, RequestHandler } from 'express'

/**
 * Says the problem document of a refusal in `X-Problem` too, in ASCII: nginx hands neither the body nor any
 * other header of it on, unless its configuration picks one up by name.
 */
export const problemInHeader: RequestHandler = (_req, res, next) => {
  const send = res.send.bind(res)
  res.send = (body) => {
    if (res.statusCode >= 400) res.set('X-Problem', String(body).replace(/[^ -~]/g, escapeInJson))
    return send(body)
  }
  next()
}

function escapeInJson(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** What a client asked a proxy for, before the proxy asked for `/verify`. */
export interface ProxiedRequest {
  readonly method: string
  readonly uri: string
}

/**
 * The request that a proxy asks about by `X-Forwarded-Method` and `X-Forwarded-Uri`. Only a proxy that Express's
 * `trust proxy` trusts has a say: from anybody else it is undefined.
 */
export function proxiedRequest(req: Request): ProxiedRequest | undefined {
  const method = req.get('X-Forwarded-Method')
  const uri = req.get('X-Forwarded-Uri')
  if (method === undefined || uri === undefined || !isFromTrustedProxy(req)) return undefined
  return { method: method.slice(0, 20), uri }
}

/** The question that Express asks before it believes `X-Forwarded-Host` and `X-Forwarded-Proto`. */
function isFromTrustedProxy({ app, socket }: Request): boolean {
  const isTrusted: (address: string | undefined, hop: number) => boolean = app.get('trust proxy fn')
  return isTrusted(socket.remoteAddress, 0)
}
