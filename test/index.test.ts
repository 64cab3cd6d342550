import express from 'express'
import request from 'supertest'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import * as library from '../src/index.ts'

describe('what the package exports', () => {
  it('is this and no more', () => {
    expect(Object.keys(library).sort()).toEqual([
      'ALGORITHMS',
      'ConfigurationError',
      'ERRORS',
      'REVOCATION_REASONS',
      'SlidingSessionError',
      'describeKeys',
      'formatDuration',
      'generateKey',
      'parseDuration',
      'parseTime',
      'problemHandler',
      'problemOf',
      'readClient',
      'readPolicy',
      'refusalChallenge',
      'sendProblem',
      'slidingSession',
    ])
  })
})

describe('the example of ten lines', () => {
  it('logs in, knows who asks, renews and revokes', async () => {
    let now = Date.now()
    const users = new Map([['ada', { role: 'user' }]])
    const sessions = await library.slidingSession({
      secret: 'a secret of 32 bytes, or of more than that',
      database: ':memory:',
      loadClaims: (userId) => users.get(userId),
      now: () => now,
    })
    onTestFinished(() => sessions.close())
    const app = express()
    app.post('/login', async (req, res) => {
      await sessions.start(req, res, 'ada')
      res.json({ id: 'ada' })
    })
    app.use(sessions.authenticate())
    app.get('/orders', (req, res) => {
      res.json(req.auth?.userId)
    })
    app.post('/lost-phone', async (req, res) => {
      res.json(await sessions.revokeAll(req.auth?.userId ?? ''))
    })

    const login = await request(app).post('/login').expect(200, { id: 'ada' })
    const bearer = { Authorization: `Bearer ${login.headers['x-jwt']}` }
    await request(app).get('/orders').set(bearer).expect(200, '"ada"')
    now += 16 * 60_000
    const renewed = await request(app).get('/orders').set(bearer).expect(200, '"ada"')
    expect(renewed.headers['x-jwt']).toBeDefined()
    await request(app).post('/lost-phone').set(bearer).expect(200, { revoked: 1 })
    await request(app).get('/orders').set(bearer).expect(401)
  })
})

describe('the version of Node', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  function loadWith(node: string): Promise<unknown> {
    vi.resetModules()
    vi.stubGlobal('process', Object.create(process, { versions: { value: { node } } }))
    return import('../src/runtime.ts')
  }

  it.each(['18.20.8', '20.19.5', '21.7.3', '22.11.0', '22.13.1'])(
    '%s is refused in one line',
    async (node) => {
      await expect(loadWith(node)).rejects.toThrow(`sliding-jwt needs Node 22.14 or newer, this is ${node}`)
    },
  )

  it.each(['22.14.0', '22.20.0', '24.0.0', '26.1.0'])('%s is fine', async (node) => {
    await expect(loadWith(node)).resolves.toBeDefined()
  })
})
