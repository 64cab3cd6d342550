import type { IncomingMessage } from 'node:http'
import type { Request } from 'express'
import type { Credential } from '../outcome.ts'
import { normaliseIp } from '../protocol/ip.ts'
import type { Client } from '../protocol/types.ts'
import { USER_AGENT_LENGTH } from '../protocol/user-agent.ts'

const MISSING: Credential = Object.freeze({ kind: 'missing' })
const MALFORMED: Credential = Object.freeze({ kind: 'malformed' })

/** The scheme in any case, then one token without blanks (RFC 6750 section 2.1, RFC 9110 section 11.4). */
const BEARER = /^bearer +([^\s,]+) *$/i

/**
 * What a request presents: the token of `Authorization: Bearer`, or that there is none (another scheme counts
 * as none), or that it is malformed. Two `Authorization` headers are malformed, although Node shows one only.
 */
export function readCredential(req: IncomingMessage): Credential {
  const { authorization } = req.headers
  if (authorization === undefined) return MISSING
  if (isSentTwice(req.rawHeaders)) return MALFORMED
  if (isPlain(authorization)) return authorization.slice(PLAIN.length)
  const token = BEARER.exec(authorization)?.[1]
  if (token !== undefined) return token
  return /^bearer(\s|,|$)/i.test(authorization) ? MALFORMED : MISSING
}

const PLAIN = 'Bearer '

/** What nearly every client sends is seen without a regular expression, on each request. */
function isPlain(authorization: string): boolean {
  return (
    authorization.startsWith(PLAIN) &&
    authorization.length > PLAIN.length &&
    !SEPARATORS.some((separator) => authorization.includes(separator, PLAIN.length))
  )
}

const SEPARATORS = [' ', ',', '\t']

function isSentTwice(rawHeaders: readonly string[]): boolean {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (name.length === 13 && name.toLowerCase() === 'authorization') count += 1
  }
  return count > 1
}

/** Who sent the request. The address is Express's `req.ip` and nothing else, so `trust proxy` rules. */
export function readClient(req: Request): Client {
  return clientOf(req, req.ip)
}

/** The same for a request that Express does not see. */
export function clientOf(req: IncomingMessage, ip: string | undefined): Client {
  return {
    ip: normaliseIp(ip),
    userAgent: (req.headers['user-agent'] ?? '').slice(0, USER_AGENT_LENGTH),
  }
}
