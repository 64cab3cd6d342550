import type { Server } from 'node:http'
import express, { type RequestHandler } from 'express'
import request, { type Test } from 'supertest'
import { onTestFinished } from 'vitest'
import type { SigningJwk, SlidingSessionOptions } from '../../src/index.ts'
import { type ResourceOptions, type ResourceServer, resourceServer } from '../../src/resource/index.ts'
import { type TestApp, type TestAppOptions, testApp } from '../support/app.ts'
import { jwkOf } from '../support/keys.ts'
import { CHROME } from '../support/user-agents.ts'

export const ORDERS_KEY = 'the key of orders, which has 32 bytes or more'
export const BILLING_KEY = 'the key of billing, which has 32 bytes or more'

/** An auth server, and a resource server `orders` that has nothing of it but its address and a shared key. */
export interface Household {
  readonly auth: TestApp
  readonly resource: ResourceServer
  /** What was asked of the auth server by other servers: `GET /.well-known/jwks.json`, `POST /renew`. */
  readonly asked: string[]
  /** What the resource server could not do. */
  readonly failures: Error[]
  /** A request to the resource server: `/orders`, or `/strict`. */
  get(path: string, token?: string, headers?: Readonly<Record<string, string>>): Test
  /** How often the auth server was asked about a token. */
  renewals(): number
}

export interface HouseholdOptions {
  readonly keys?: readonly SigningJwk[]
  readonly auth?: Partial<SlidingSessionOptions>
  readonly wrap?: TestAppOptions['wrap']
  readonly resource?: Partial<ResourceOptions>
  /** Stands before the routes of the auth server for other servers. */
  readonly before?: RequestHandler
}

export async function startHousehold(options: HouseholdOptions = {}): Promise<Household> {
  const asked: string[] = []
  const auth = await testApp({
    ...(options.wrap && { wrap: options.wrap }),
    options: {
      secret: undefined,
      keys: { keys: options.keys ?? [jwkOf('ES256')] },
      resources: { orders: ORDERS_KEY, billing: BILLING_KEY },
      ...options.auth,
    },
    before: (app, sessions) => {
      app.use(['/renew', '/.well-known'], (req, _res, next) => {
        asked.push(`${req.method} ${req.originalUrl}`)
        next()
      })
      if (options.before !== undefined) app.use(['/renew', '/.well-known'], options.before)
      app.get('/.well-known/jwks.json', sessions.jwks())
      app.post('/renew', sessions.renew())
    },
  })
  const failures: Error[] = []
  const resource = resourceServer({
    authServer: `http://127.0.0.1:${auth.port}`,
    audience: 'orders',
    key: ORDERS_KEY,
    now: auth.clock.now,
    onError: (error) => failures.push(error),
    ...options.resource,
  })
  const server = await listen(resource)
  return {
    auth,
    resource,
    asked,
    failures,
    get(path, token, headers = {}) {
      const sent = request(server).get(path).set('User-Agent', CHROME).set(headers)
      return token === undefined ? sent : sent.set('Authorization', `Bearer ${token}`)
    },
    renewals: () => asked.filter((line) => line === 'POST /renew').length,
  }
}

async function listen(resource: ResourceServer): Promise<Server> {
  const app = express()
  app.set('trust proxy', 'loopback')
  app.get('/orders', resource.authenticate(), (req, res) => {
    res.json(req.auth)
  })
  app.get('/strict', resource.authenticate({ strict: true }), (req, res) => {
    res.json(req.auth)
  })
  app.get('/admin', resource.authenticate({ role: 'admin' }), (req, res) => {
    res.json(req.auth)
  })
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return server
}
