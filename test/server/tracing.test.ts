import * as api from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import request from 'supertest'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { loadTracing } from '../../src/server/tracing.ts'
import { HOUR, T0 } from '../support/records.ts'
import { startPopulatedBench } from './support.ts'

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const SPAN_ID = 'b7ad6b7169203331'

/** Registers an SDK as an operator would, and a server that found the API. */
async function startTraced() {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  api.trace.setGlobalTracerProvider(provider)
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  api.propagation.setGlobalPropagator(traceParent)
  onTestFinished(() => {
    api.trace.disable()
    api.context.disable()
    api.propagation.disable()
  })
  const bench = await startPopulatedBench({ tracing: await loadTracing() })
  exporter.reset()
  return { ...bench, spans: () => exporter.getFinishedSpans() }
}

/** As much of W3C trace context as is needed to see that it is asked. */
const traceParent: api.TextMapPropagator = {
  inject: () => undefined,
  fields: () => ['traceparent'],
  extract(context, carrier, getter) {
    const [, traceId = '', spanId = ''] = String(getter.get(carrier, 'traceparent') ?? '').split('-')
    if (traceId === '') return context
    return api.trace.setSpanContext(context, { traceId, spanId, traceFlags: 1, isRemote: true })
  },
}

const told = ({ name, kind, attributes, status }: ReadableSpan) => ({
  name,
  kind,
  attributes,
  status: status.code,
})

describe('OpenTelemetry', () => {
  it('has a span for a request, in the trace that its headers name, and one in it for each question', async () => {
    const { app, ada, clock, spans } = await startTraced()
    clock.now = T0 + HOUR
    await request(app).get('/verify').set(ada.headers).set('traceparent', `00-${TRACE_ID}-${SPAN_ID}-01`)
    const [renewal, whole] = await vi.waitUntil(() => (spans().length === 2 ? spans() : undefined))
    expect(told(renewal as ReadableSpan)).toEqual({
      name: 'sessions.renew',
      kind: api.SpanKind.INTERNAL,
      attributes: {},
      status: api.SpanStatusCode.UNSET,
    })
    expect(told(whole as ReadableSpan)).toEqual({
      name: 'GET /verify',
      kind: api.SpanKind.SERVER,
      attributes: {
        'http.route': '/verify',
        'http.request.method': 'GET',
        'http.response.status_code': 204,
      },
      status: api.SpanStatusCode.UNSET,
    })
    expect(whole?.parentSpanContext).toMatchObject({ traceId: TRACE_ID, spanId: SPAN_ID })
    expect(renewal?.parentSpanContext?.spanId).toBe(whole?.spanContext().spanId)
  })

  it('tells the code, calls failures errors, and nothing of a user or a session', async () => {
    const { app, ada, root, database, spans } = await startTraced()
    await request(app).get(`/admin/users/${ada.id}?search=hush`).set(root.headers)
    await request(app).get(`/nothing/${ada.jti}`)
    vi.spyOn(database.sessions, 'list').mockRejectedValue(new Error('disk I/O error'))
    await request(app).get('/me/sessions').set(ada.headers)
    await vi.waitUntil(() => spans().some(({ name }) => name === 'GET /me/sessions'))
    const byName = new Map(spans().map((span) => [span.name, told(span)]))
    expect(byName.get('GET /admin/users/:id')?.attributes['http.route']).toBe('/admin/users/:id')
    expect(byName.get('GET')?.attributes).toMatchObject({ 'sliding_jwt.code': 'not_found' })
    expect(byName.get('sessions.list')?.status).toBe(api.SpanStatusCode.ERROR)
    expect(byName.get('GET /me/sessions')).toMatchObject({
      attributes: { 'sliding_jwt.code': 'unavailable', 'http.response.status_code': 503 },
      status: api.SpanStatusCode.ERROR,
    })
    const all = JSON.stringify(spans().map(({ name, attributes, events }) => ({ name, attributes, events })))
    for (const secret of [ada.token, ada.jti, ada.id, 'hush', '127.0.0.1', 'disk'])
      expect(all).not.toContain(secret)
  })

  it('is part of a span that an instrumentation has begun', async () => {
    const { app, spans } = await startTraced()
    const tracer = api.trace.getTracer('around')
    const server = (await import('node:http')).createServer((req, res) =>
      tracer.startActiveSpan('outer', (outer) => {
        res.once('close', () => outer.end())
        app(req, res)
      }),
    )
    await request(server).get('/healthz')
    await vi.waitUntil(() => spans().length === 2)
    const inner = spans().find(({ name }) => name === 'GET /healthz')
    const outer = spans().find(({ name }) => name === 'outer')
    expect(inner?.kind).toBe(api.SpanKind.INTERNAL)
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId)
  })

  it('is not needed: without the API nothing is traced', async () => {
    vi.doMock('@opentelemetry/api', () => {
      throw new Error('Cannot find package')
    })
    expect(await loadTracing()).toBeUndefined()
    vi.doUnmock('@opentelemetry/api')
  })
})
