import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Request, RequestHandler, Response } from 'express'
import {
  type DestinationStream,
  destination,
  type Logger,
  type LoggerOptions,
  pino,
  stdTimeFunctions,
} from 'pino'
import { pinoHttp } from 'pino-http'
import { readClient } from '../index.ts'
import { describeError } from './describe-error.ts'
import { proxiedRequest } from './forward-auth.ts'
import { outcomeOf } from './request-outcome.ts'

/** Nothing writes these into the log; should anything ever do, they stay out all the same. */
const SECRETS = ['authorization', '["x-jwt"]', 'cookie', '["set-cookie"]']
const REDACTED = [
  ...['req.headers', 'res.headers', 'headers'].flatMap((place) =>
    SECRETS.map((name) => (name.startsWith('[') ? `${place}${name}` : `${place}.${name}`)),
  ),
  ...['password', 'currentPassword', 'newPassword', 'passwordHash', 'token', 'secret'].flatMap((name) => [
    name,
    `*.${name}`,
  ]),
]

/** The server's log: one JSON object a line on standard error, without secrets. */
export function createLogger(level: string, stream: DestinationStream = destination(2)): Logger {
  const options: LoggerOptions = {
    level,
    base: { name: 'sliding-jwt' },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REDACTED, censor: '[redacted]' },
    serializers: { err: (error) => (error instanceof Error ? describeError(error) : error) },
  }
  return pino(options, stream)
}

/** A request id of a proxy is kept where it is one word of at most 64 characters. */
const REQUEST_ID = /^[\w.-]{1,64}$/

const PROBES = new Set(['/healthz', '/readyz', '/metrics'])

/** One line for each answer: no headers, no bodies, no query. It also gives each request its id. */
export function requestLog(logger: Logger): RequestHandler {
  return pinoHttp<Request, Response>({
    logger,
    genReqId: requestIdOf,
    wrapSerializers: false,
    serializers: { req: describeRequest, res: ({ statusCode }: ServerResponse) => ({ status: statusCode }) },
    customAttributeKeys: { responseTime: 'ms' },
    customLogLevel: ({ path }, { statusCode }) => {
      if (statusCode >= 500) return 'error'
      return PROBES.has(path) ? 'debug' : 'info'
    },
    customSuccessMessage: () => 'answered',
    customErrorMessage: () => 'failed',
    customSuccessObject: (req, res, line) => ({ ...describeOutcome(req, res), ...line }),
    customErrorObject: (req, res, _error, { err: _, ...line }) => ({ ...describeOutcome(req, res), ...line }),
  })
}

function requestIdOf(req: IncomingMessage, res: ServerResponse): string {
  const given = req.headers['x-request-id']
  const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
  res.setHeader('X-Request-Id', id)
  return id
}

function describeRequest(req: Request) {
  return {
    id: req.id,
    method: req.method,
    path: pathOf(req.originalUrl),
    proxied: describeProxied(req),
    ip: readClient(req).ip,
    userAgent: req.get('user-agent')?.slice(0, 200),
  }
}

/** `outcome` is what the metrics count; `code` is that of a refusal alone. */
function describeOutcome(req: Request, res: Response) {
  return {
    outcome: outcomeOf(req, res),
    code: res.locals['code'],
    userId: req.auth?.userId,
    renewed: req.auth?.renewed || undefined,
  }
}

/** What a proxy asked about. */
function describeProxied(req: Request) {
  const proxied = proxiedRequest(req)
  return proxied && { method: proxied.method, path: pathOf(proxied.uri) }
}

/** Without the query, and without what looks like a token that somebody put into the path. */
function pathOf(uri: string): string {
  const [path = ''] = uri.split('?', 1)
  return path.replace(/eyJ[\w-]{5,}(\.[\w-]*)*/g, '[redacted]').slice(0, 200)
}
