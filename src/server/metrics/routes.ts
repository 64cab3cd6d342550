import { type RequestHandler, Router } from 'express'
import { outcomeOf } from '../request-outcome.ts'
import type { Metrics } from './metrics.ts'

/** Counts each request by what came of it, when its answer is out or its client gone. */
export function countRequests(metrics: Metrics): RequestHandler {
  return (req, res, next) => {
    const started = performance.now()
    res.once('close', () => {
      metrics.countRequest(outcomeOf(req, res), (performance.now() - started) / 1000)
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
