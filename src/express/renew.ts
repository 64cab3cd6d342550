import express, { type Request, type RequestHandler, type Response } from 'express'
import { Channel, type Checked } from '../channel/channel.ts'
import type { SharedKeys } from '../channel/shared-keys.ts'
import type { Outcome } from '../outcome.ts'
import { ConfigurationError, SlidingSessionError } from '../protocol/errors.ts'
import { normaliseIp } from '../protocol/ip.ts'
import type { Client, Timestamp } from '../protocol/types.ts'
import { USER_AGENT_LENGTH } from '../protocol/user-agent.ts'
import type { Sessions } from '../sessions.ts'
import { problemHandler, sendProblem } from './problem.ts'

/** What a resource server asks, on behalf of a client. */
interface Asked {
  readonly token: string
  readonly client: Client
  readonly strict: boolean
}

const REASONS: Readonly<Record<Extract<Checked, { kind: 'refused' }>['reason'], string>> = {
  signature: 'The signature is not that of a resource server.',
  stale: 'The request is too old, or the clocks differ.',
  replayed: 'The request was sent before.',
  flood: 'Too many requests within 30 seconds.',
}

/** Seconds after which a server that asks too much may ask again: what it sent before is forgotten bit by bit. */
const RETRY_AFTER_FLOOD = 1

const BODY_FORM = 'body: takes {"token", "client": {"ip", "userAgent"}, "strict"}'

const readBody: RequestHandler = express.raw({ limit: '16kb', type: () => true })

/**
 * The handler of `POST /renew`: the engine's judgement on a token, for servers that share a key with us, each for
 * the tokens of its own audience.
 */
export function renew(sessions: Sessions, keys: SharedKeys, now: () => Timestamp): RequestHandler {
  const channel = new Channel(keys)
  const handleError = problemHandler(sessions.policy.issuer)

  async function answer(req: Request, res: Response): Promise<void> {
    const body = req.body instanceof Buffer ? req.body : Buffer.alloc(0)
    const path = req.originalUrl.replace(/\?.*/, '')
    const checked = channel.check({ method: req.method, path, headers: req.headers, body }, now())
    if (checked.kind === 'refused') {
      const detail = REASONS[checked.reason]
      if (checked.reason !== 'flood') throw new SlidingSessionError('forbidden', detail)
      sendProblem(res, 'rate_limited', { detail, retryAfter: RETRY_AFTER_FLOOD })
      return
    }
    const { token, client, strict } = readAsked(body)
    const outcome = await sessions.authenticateFor(checked.audience, token, client, strict)
    // The answer is 200 all the same: what it says of the token is for logs and metrics.
    if (outcome.kind === 'refuse') res.locals['code'] = outcome.code
    res.set('Cache-Control', 'no-store').json(answerOf(outcome, sessions))
  }

  return (req, res, next) => {
    if (req.body !== undefined) {
      throw new ConfigurationError('renew', 'a body that was read before', 'a place before express.json()')
    }
    readBody(req, res, (error) => {
      if (error !== undefined) handleError(toProblem(error), req, res, next)
      else answer(req, res).catch((failure) => handleError(failure, req, res, next))
    })
  }
}

/** A token goes out only while its session is valid, as everywhere. */
function answerOf(outcome: Outcome, sessions: Sessions): object {
  if (outcome.kind === 'refuse') return outcome
  const { auth, token } = outcome
  return {
    kind: 'pass',
    claims: auth.claims,
    ...(token !== undefined && !sessions.isRevoked(auth.jti) && { token }),
  }
}

function readAsked(body: Buffer): Asked {
  const { token, client, strict = false } = parse(body)
  const { ip, userAgent } = (client ?? {}) as Record<string, unknown>
  const isRight = typeof token === 'string' && typeof ip === 'string' && typeof userAgent === 'string'
  if (!isRight || typeof strict !== 'boolean') {
    throw new SlidingSessionError('body_invalid', BODY_FORM)
  }
  return {
    token,
    client: { ip: normaliseIp(ip), userAgent: userAgent.slice(0, USER_AGENT_LENGTH) },
    strict,
  }
}

function parse(body: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(body.toString('utf8')) ?? {}
  } catch {
    throw new SlidingSessionError('body_invalid', BODY_FORM)
  }
}

function toProblem(error: { status?: number }): unknown {
  if (error.status === 413) return new SlidingSessionError('payload_too_large')
  return new SlidingSessionError('body_invalid', BODY_FORM)
}
