import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import express, { type RequestHandler, type Response, Router } from 'express'
import { SlidingSessionError } from '../index.ts'

/** Where the build puts the console, seen from the source and from the compiled package alike. */
export const CONSOLE_FOLDER = fileURLToPath(new URL('../../dist/console', import.meta.url))

/**
 * Nothing but the console's own files: no inline script or style, no other origin, no frame around it, no form
 * that a browser would send by itself, and no text that becomes script.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** The page itself is asked for each time, and answered with 304 where it is the same. */
const PAGE_CACHING = 'no-cache'

/** The names of the other files change with what is in them. */
const ASSET_CACHING = 'public, max-age=31536000, immutable'

/** The console: a page and its assets, as they were built into a folder. */
export function consoleRoutes(folder = CONSOLE_FOLDER): Router {
  const router = Router()
  router.use(allowOwnFilesOnly)
  router.get('/', (req, res) => sendPage(folder, req.originalUrl, res))
  router.use(
    '/assets',
    express.static(`${folder}/assets`, {
      index: false,
      redirect: false,
      etag: false,
      lastModified: false,
      setHeaders: (res) => res.setHeader('Cache-Control', ASSET_CACHING),
    }),
  )
  return router
}

const allowOwnFilesOnly: RequestHandler = (_req, res, next) => {
  res.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY)
  next()
}

/** Its files are relative to `/console/`, and so is the API. The tag is made of the content: package files have no dates. */
async function sendPage(folder: string, url: string, res: Response): Promise<void> {
  if (!url.replace(/\?.*/, '').endsWith('/')) {
    res.redirect(301, 'console/')
    return
  }
  const page = await readPage(folder)
  if (page === undefined) {
    throw new SlidingSessionError('not_found', 'The console is not built: npm run build:console')
  }
  res.set('Cache-Control', PAGE_CACHING).type('html').send(page)
}

async function readPage(folder: string): Promise<string | undefined> {
  try {
    return await readFile(`${folder}/index.html`, 'utf8')
  } catch {
    return undefined
  }
}
