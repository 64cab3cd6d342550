import { type RequestHandler, type Response, Router } from 'express'
import { ERRORS, type ErrorCode } from '../../index.ts'
import type { Metrics, RequestOutcome } from './metrics.ts'

/** Counts each request by what came of it, when its answer is out or its client gone. */
export function countRequests(metrics: Metrics): RequestHandler {
  return (req, res, next) => {
    const started = performance.now()
    res.once('close', () => {
      metrics.countRequest(outcomeOf(res, req.auth?.renewed), (performance.now() - started) / 1000)
    })
    next()
  }
}

/** `GET /metrics`, in the text format of Prometheus. */
export function metricsRoutes({ registry }: Metrics): Router {
  const router = Router()
  router.get('/metrics', async (_req, res) => {
    res.set('Content-Type', registry.contentType).send(await registry.metrics())
  })
  return router
}

function outcomeOf({ locals, writableFinished, statusCode }: Response, renewed = false): RequestOutcome {
  if (!writableFinished) return 'aborted'
  const code: unknown = locals['code']
  if (typeof code === 'string' && code in ERRORS) return code as ErrorCode
  if (statusCode >= 400) return 'other'
  return renewed ? 'renewed' : 'ok'
}
