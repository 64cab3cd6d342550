import { type RequestHandler, Router } from 'express'
import { openApiDocument } from '../openapi/document.ts'
import { apiPage } from './api-page.ts'
import { errorsPage } from './errors-page.ts'
import { DOCS_SECURITY_POLICY } from './frame.ts'

/** `GET /openapi.json`, and the same for people at `/docs`; `/docs/errors`. Each is made when it is first asked for. */
export function docsRoutes(): Router {
  const document = once(openApiDocument)
  const json = once(() => JSON.stringify(document()))
  const api = once(() => apiPage(document()))
  const errors = once(errorsPage)
  const router = Router()
  router.use('/docs', withoutSlash)

  router.get('/openapi.json', (_req, res) => {
    res.type('json').send(json())
  })
  router.get('/docs', allowNothingElse, (_req, res) => {
    res.type('html').send(api())
  })
  router.get('/docs/errors', allowNothingElse, (_req, res) => {
    res.type('html').send(errors())
  })
  return router
}

const allowNothingElse: RequestHandler = (_req, res, next) => {
  res.setHeader('Content-Security-Policy', DOCS_SECURITY_POLICY)
  next()
}

/** The links of the pages are relative to addresses without a slash at the end. */
const withoutSlash: RequestHandler = (req, res, next) => {
  const [, last] = /([^/]+)\/$/.exec(req.originalUrl.replace(/\?.*/, '')) ?? []
  if (last === undefined) next()
  else res.redirect(301, `../${last}`)
}

function once<T extends string | object>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
