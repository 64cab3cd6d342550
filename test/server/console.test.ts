import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import express from 'express'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { problemHandler } from '../../src/index.ts'
import { consoleRoutes } from '../../src/server/console.ts'
import { temporaryFolder } from '../support/files.ts'
import { startBench } from './support.ts'

const PAGE = '<!doctype html><title>console</title>'

/** The routes over a folder as the build makes it. */
function app(page: string | undefined = PAGE) {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'assets'))
  if (page !== undefined) writeFileSync(join(folder, 'index.html'), page)
  writeFileSync(join(folder, 'assets', 'index-AbCd1234.js'), 'export {}')
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  const app = express()
  app.use((_req, res, next) => {
    res.set('Cache-Control', 'no-store')
    next()
  })
  app.use('/console', consoleRoutes(folder))
  app.use(problemHandler('sliding-jwt'))
  return { app, folder }
}

it('/ leads to the console, below a path of a proxy, too', async () => {
  const { app } = await startBench()
  const { headers } = await request(app).get('/').expect(302)
  expect(new URL(headers['location'] ?? '', 'https://app.example.org/auth/').pathname).toBe('/auth/console/')
})

describe('/console/', () => {
  it('is a page that is asked for each time, and answered with 304 where it is the same', async () => {
    const { app: server, folder } = app()
    const first = await request(server).get('/console/')
    expect([first.status, first.type, first.text]).toEqual([200, 'text/html', PAGE])
    expect(first.headers['cache-control']).toBe('no-cache')
    const etag = first.headers['etag'] ?? ''
    await request(server).get('/console/').set('If-None-Match', etag).expect(304)
    const other = PAGE.replace('console', 'another')
    expect(other.length).toBe(PAGE.length)
    writeFileSync(join(folder, 'index.html'), other)
    await request(server).get('/console/').set('If-None-Match', etag).expect(200, other)
  })

  it('has assets that never change under their names', async () => {
    const answer = await request(app().app).get('/console/assets/index-AbCd1234.js').expect(200)
    expect(answer.type).toBe('text/javascript')
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  })

  it.each(['/console/', '/console/assets/index-AbCd1234.js', '/console/assets/none.js'])(
    'permits nothing but its own files: %s',
    async (path) => {
      const { headers } = await request((await startBench()).app).get(path)
      const policy = Object.fromEntries(
        (headers['content-security-policy'] ?? '').split('; ').map((rule) => rule.split(/ (.*)/s, 2)),
      )
      expect(policy).toEqual({
        'default-src': "'none'",
        'script-src': "'self'",
        'style-src': "'self'",
        'img-src': "'self'",
        'font-src': "'self'",
        'connect-src': "'self'",
        'base-uri': "'none'",
        'form-action': "'none'",
        'frame-ancestors': "'none'",
        'require-trusted-types-for': "'script'",
        'trusted-types': "'none'",
      })
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'x-frame-options': 'SAMEORIGIN',
      })
    },
  )

  it.each([
    ['/console', 'console/'],
    ['/console?from=here', 'console/'],
  ])('%s leads there, below any proxy’s path', async (path, location) => {
    const answer = await request(app().app).get(path)
    expect([answer.status, answer.headers['location']]).toEqual([301, location])
  })

  it.each([
    '/console/assets/',
    '/console/assets/none.js',
    '/console/assets/../secret.txt',
    '/console/assets/..%2fsecret.txt',
    '/console/secret.txt',
    '/console/index.html',
    '/console/users',
  ])('has no %s', async (path) => {
    const answer = await request(app().app).get(path)
    expect(answer.status).toBe(404)
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  it('says how it is built where it is not', async () => {
    const { folder } = app()
    const server = express()
    server.use('/console', consoleRoutes(join(folder, 'nothing')))
    server.use(problemHandler('sliding-jwt'))
    const answer = await request(server).get('/console/')
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found'])
    expect(answer.body.detail).toContain('npm run build:console')
  })
})
