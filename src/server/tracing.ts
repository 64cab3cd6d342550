import type * as OpenTelemetry from '@opentelemetry/api'
import type { RequestHandler, Response } from 'express'
import type { SessionStore } from '../stores/store.ts'
import { VERSION } from './version.ts'

type Api = typeof OpenTelemetry
type Span = OpenTelemetry.Span

/**
 * OpenTelemetry spans: one for each request, and one in it for each question to the database of sessions. They
 * carry method, route, status and code, and nothing of a user, a session or an address. Who collects them is up
 * to the SDK that was registered before the server started; without one they go nowhere.
 */
export class Tracing {
  readonly #api: Api
  readonly #tracer: OpenTelemetry.Tracer

  constructor(api: Api) {
    this.#api = api
    this.#tracer = api.trace.getTracer('sliding-jwt', VERSION)
  }

  /** Traces requests, as a part of the trace that their headers or an instrumentation around them name. */
  requests(): RequestHandler {
    const { context, propagation, trace, SpanKind } = this.#api
    return (req, res, next) => {
      const isInner = trace.getActiveSpan() !== undefined
      const parent = isInner ? context.active() : propagation.extract(context.active(), req.headers)
      const kind = isInner ? SpanKind.INTERNAL : SpanKind.SERVER
      const span = this.#tracer.startSpan(req.method, { kind }, parent)
      res.once('close', () => this.#endRequest(span, res))
      context.with(trace.setSpan(parent, span), next)
    }
  }

  /** The same store, with a span for each question that may wait. Looks into memory have none. */
  store(store: SessionStore): SessionStore {
    const traced = <T>(name: string, ask: () => Promise<T>): Promise<T> =>
      this.#tracer.startActiveSpan(`sessions.${name}`, (span) => this.#settle(span, ask))
    return {
      peek: (jti, connection) => store.peek(jti, connection),
      find: (jti) => traced('find', () => store.find(jti)),
      create: (record) => traced('create', () => store.create(record)),
      renew: (renewal) => traced('renew', () => store.renew(renewal)),
      markSeen: (jti, gen) => traced('markSeen', () => store.markSeen(jti, gen)),
      revoke: (target, reason, at) => traced('revoke', () => store.revoke(target, reason, at)),
      list: (userId) => traced('list', () => store.list(userId)),
      prune: (ended, now, onProgress) => traced('prune', () => store.prune(ended, now, onProgress)),
      close: () => store.close(),
    }
  }

  #endRequest(span: Span, { req, locals, statusCode }: Response): void {
    const route: unknown = req.route?.path
    const { code } = locals
    if (typeof route === 'string') {
      span.updateName(`${req.method} ${req.baseUrl}${route}`)
      span.setAttribute('http.route', `${req.baseUrl}${route}`)
    }
    span.setAttribute('http.request.method', req.method)
    span.setAttribute('http.response.status_code', statusCode)
    if (typeof code === 'string') span.setAttribute('sliding_jwt.code', code)
    if (statusCode >= 500) span.setStatus({ code: this.#api.SpanStatusCode.ERROR })
    span.end()
  }

  async #settle<T>(span: Span, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      span.setStatus({ code: this.#api.SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end()
    }
  }
}

/** Where `@opentelemetry/api` is installed; undefined where it is not, and nothing is traced. */
export async function loadTracing(): Promise<Tracing | undefined> {
  try {
    return new Tracing(await import('@opentelemetry/api'))
  } catch {
    return undefined
  }
}
