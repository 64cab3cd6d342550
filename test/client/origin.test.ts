import type { Express, Router } from 'express'
import { describe, expect, it } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import { listen, listenWithSessions } from './server.ts'
import { claimsOf, OTHER } from './tokens.ts'

/** Another origin, which answers everything with a token and a session's end of its own. */
function listenElsewhere() {
  return listen((app) => {
    app.get('/token', (_req, res) => {
      res.set('X-JWT', OTHER).send('elsewhere')
    })
    app.use((_req, res) => {
      res.status(401).set('X-JWT', OTHER).type('application/problem+json').send('{"code":"session_revoked"}')
    })
  })
}

describe('another origin', () => {
  it.each([false, true])('gets no token and gives none, signed in: %s', async (isSignedIn) => {
    const [server, elsewhere] = [await listenWithSessions(), await listenElsewhere()]
    const client = createClient({ baseUrl: server.url })
    if (isSignedIn) await client.login({ username: 'ada' })
    const before = client.token()
    expect((await client.fetch(`${elsewhere.url}/me`)).status).toBe(401)
    expect((await client.fetch(`${elsewhere.url}/token`)).status).toBe(200)
    expect(elsewhere.arrivals.map(({ authorization }) => authorization)).toEqual([undefined, undefined])
    expect(client.token()).toBe(before)
  })

  it.each([301, 302, 303, 307, 308])('gets no token by a redirect, and gives none: %i', async (status) => {
    const elsewhere = await listenElsewhere()
    const server = await listenWithSessions({
      after: (api) => {
        api.get('/leave/:path', (req, res) => res.redirect(status, `${elsewhere.url}/${req.params.path}`))
      },
    })
    const client = createClient({ baseUrl: server.url })
    await client.login({ username: 'ada' })
    server.expireTokens()
    const answers = [await client.fetch('leave/token'), await client.fetch('leave/other')]
    expect(answers.map(({ status, url }) => [status, url])).toEqual([
      [200, `${elsewhere.url}/token`],
      [401, `${elsewhere.url}/other`],
    ])
    expect(elsewhere.arrivals.map(({ authorization }) => authorization)).toEqual([undefined, undefined])
    expect(server.arrivals.at(-1)?.authorization).toMatch(/^Bearer /)
    expect(client.token()).toBeDefined()
    expect(client.token()).not.toBe(OTHER)
  })

  it('gives no token to a client that has none, by a redirect', async () => {
    const elsewhere = await listenElsewhere()
    const server = await listenWithSessions({
      before: (app) => {
        app.get('/leave', (_req, res) => res.redirect(`${elsewhere.url}/token`))
        app.post('/login-leaves', (_req, res) => res.redirect(`${elsewhere.url}/token`))
      },
    })
    const client = createClient({ baseUrl: server.url })
    expect(await (await client.fetch('leave')).text()).toBe('elsewhere')
    expect((await client.login({ username: 'ada' }, 'login-leaves')).status).toBe(200)
    expect(client.token()).toBeUndefined()
  })

  it('gets no credentials back that a redirect leads home again', async () => {
    const elsewhere = await listen((app) => {
      app.get('/back', (req, res) => res.redirect(String(req.query['to'])))
    })
    const server = await listenWithSessions({
      after: (api) => {
        api.get('/round', (req, res) => {
          res.redirect(`${elsewhere.url}/back?to=http://${req.headers.host}/me`)
        })
      },
    })
    const ends: unknown[] = []
    const client = createClient({ baseUrl: server.url, onSignedOut: (code) => ends.push(code) })
    await client.login({ username: 'ada' })
    const answer = await client.fetch('round')
    expect([answer.status, await answer.json()]).toEqual([
      401,
      expect.objectContaining({ code: 'token_missing' }),
    ])
    expect(ends).toEqual([])
    expect(client.token()).toBeDefined()
  })
})

describe('another path of the same origin', () => {
  const outside = (app: Express): void => {
    app.get('/outside', (_req, res) => {
      res.set('X-JWT', OTHER).send('outside')
    })
  }
  const redirects = (api: Router): void => {
    api.get('/leave', (_req, res) => res.redirect('/outside'))
    api.get('/stay', (_req, res) => res.redirect('me'))
  }

  async function signedIn(mount: string, baseUrl = mount) {
    const server = await listenWithSessions({ mount, before: outside, after: redirects })
    const client = createClient({ baseUrl: `${server.url}${baseUrl}` })
    await client.login({ username: 'ada' }, `${server.url}${mount}/login`)
    return { server, client }
  }

  it('gets no token and gives none', async () => {
    const { server, client } = await signedIn('/api')
    const before = client.token()
    expect(await (await client.fetch('/outside')).text()).toBe('outside')
    expect(server.arrivals.at(-1)).toEqual({ method: 'GET', url: '/outside', authorization: undefined })
    expect(client.token()).toBe(before)
  })

  it.each(['leave', 'stay'])(
    'is not reached by a redirect: a request with a token rejects, %s',
    async (path) => {
      const { server, client } = await signedIn('/api')
      await expect(client.fetch(path)).rejects.toThrow(TypeError)
      expect(server.arrivals.map(({ url }) => url)).toEqual(['/api/login', `/api/${path}`])
      const manual = await client.fetch(path, { redirect: 'manual' })
      expect(manual.status).toBe(302)
    },
  )

  it('is reached by a redirect of a request that carries none', async () => {
    const server = await listenWithSessions({
      mount: '/api',
      before: (app) => {
        outside(app)
        app.get('/api/open', (_req, res) => res.redirect('/outside'))
      },
    })
    const client = createClient({ baseUrl: `${server.url}/api` })
    expect(await (await client.fetch('open')).text()).toBe('outside')
    expect(client.token()).toBeUndefined()
  })

  it('is reached with the token where base URL has no path: a redirect within the origin is followed', async () => {
    const { server, client } = await signedIn('/api', '')
    server.expireTokens()
    const answer = await client.fetch('api/stay')
    expect(await answer.json()).toMatchObject({ userId: 'ada' })
    expect(server.arrivals.slice(-2).map(({ url }) => url)).toEqual(['/api/stay', '/api/me'])
    expect(server.arrivals.slice(-2).every(({ authorization }) => authorization !== undefined)).toBe(true)
  })

  it('loses the token of a renewing redirect, and the next request gets a sibling', async () => {
    const { server, client } = await signedIn('/api', '')
    server.expireTokens()
    await client.fetch('api/stay')
    expect(claimsOf(client.token()).gen).toBe(0)
    server.expireTokens()
    expect((await client.fetch('api/me')).status).toBe(200)
    expect(claimsOf(client.token()).gen).toBe(2)
  })
})
