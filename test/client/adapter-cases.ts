import type { Router } from 'express'
import { describe, expect, it } from 'vitest'
import type { Client, ClientOptions } from '../../src/client/index.ts'
import { listen, listenWithSessions } from './server.ts'
import { claimsOf, OTHER } from './tokens.ts'

/** What came of a request that an adapter's package made. */
export interface Reply {
  readonly status: number
  readonly body: unknown
}

/** A request of an adapter's package, whatever it thinks of the status. */
export type Ask = (path: string, body?: unknown) => Promise<Reply>

/** A client for the server at `baseUrl`, and the package that asks it with the client's token. */
export type Attach = (options: ClientOptions & { baseUrl: string }) => { client: Client; ask: Ask }

/** What every adapter must do. */
export function adapterCases(name: string, attach: Attach): void {
  describe(name, () => {
    async function signedIn(after?: (api: Router) => void, mount = '/') {
      const server = await listenWithSessions({
        mount,
        before: (app) => {
          app.get('/outside', (_req, res) => {
            res.set('X-JWT', OTHER).send('outside')
          })
        },
        after: (api) => {
          api.post('/echo', (req, res) => {
            res.status(201)
            req.pipe(res.type('application/json'))
          })
          after?.(api)
        },
      })
      const ends: unknown[] = []
      const { client, ask } = attach({
        baseUrl: new URL(mount, server.url).href,
        onSignedOut: (code) => ends.push(code),
      })
      await client.login({ username: 'ada' })
      return { server, client, ends, ask }
    }

    it('works across expiries', async () => {
      const { server, client, ask } = await signedIn()
      for (const gen of [0, 1, 2, 3]) {
        if (gen > 0) server.expireTokens()
        expect(await ask('me')).toEqual({ status: 200, body: { userId: 'ada', renewed: gen > 0 } })
        expect(claimsOf(client.token()).gen).toBe(gen)
      }
    })

    it('sends a body', async () => {
      const { server, ask } = await signedIn()
      server.expireTokens()
      expect(await ask('echo', { ordered: 'tea' })).toEqual({ status: 201, body: { ordered: 'tea' } })
    })

    it('gets all answers of parallel requests with one expired token', async () => {
      const { server, client, ask } = await signedIn()
      server.expireTokens()
      const replies = await Promise.all(Array.from({ length: 10 }, () => ask('me')))
      expect(replies.map(({ status }) => status)).toEqual(Array(10).fill(200))
      expect(claimsOf(client.token()).gen).toBe(1)
    })

    it('keeps the token that comes with an error', async () => {
      const { server, client, ask } = await signedIn((api) => {
        api.get('/teapot', (_req, res) => {
          res.status(418).json({ short: 'stout' })
        })
      })
      server.expireTokens()
      expect(await ask('teapot')).toEqual({ status: 418, body: { short: 'stout' } })
      expect(claimsOf(client.token()).gen).toBe(1)
    })

    it('tells once that the session is over, and leaves the answer readable', async () => {
      const { server, client, ends, ask } = await signedIn()
      await server.sessions.revokeAll('ada')
      const replies = await Promise.all([ask('me'), ask('me'), ask('me')])
      for (const reply of replies) {
        expect(reply).toMatchObject({ status: 401, body: { code: 'session_revoked' } })
      }
      expect(ends).toEqual(['session_revoked'])
      expect(client.token()).toBeUndefined()
      expect(await ask('me')).toMatchObject({ status: 401, body: { code: 'token_missing' } })
    })

    it('gives another origin no token and takes none, asked directly and by a redirect', async () => {
      const elsewhere = await listen((app) => {
        app.get('/taken', (_req, res) => {
          res.set('X-JWT', OTHER).json('elsewhere')
        })
      })
      const { client, ask } = await signedIn((api) => {
        api.get('/leave', (_req, res) => res.redirect(`${elsewhere.url}/taken`))
      })
      const before = client.token()
      expect(await ask(`${elsewhere.url}/taken`)).toMatchObject({ status: 200 })
      expect(await ask('leave')).toMatchObject({ status: 200, body: 'elsewhere' })
      expect(elsewhere.arrivals.map(({ authorization }) => authorization)).toEqual([undefined, undefined])
      expect(client.token()).toBe(before)
      await client.logout()
      await ask(`${elsewhere.url}/taken`)
      expect(client.token()).toBeUndefined()
    })

    it('takes no token of another origin where it has none, by a redirect', async () => {
      const elsewhere = await listen((app) => {
        app.get('/taken', (_req, res) => {
          res.set('X-JWT', OTHER).json('elsewhere')
        })
      })
      const home = await listen((app) => {
        app.get('/leave', (_req, res) => res.redirect(`${elsewhere.url}/taken`))
      })
      const { client, ask } = attach({ baseUrl: home.url })
      expect(await ask('leave')).toMatchObject({ status: 200, body: 'elsewhere' })
      expect(client.token()).toBeUndefined()
    })

    it('gives another path of the origin no token, asked directly and by a redirect', async () => {
      const { server, client, ask } = await signedIn((api) => {
        api.get('/leave', (_req, res) => res.redirect('/outside'))
      }, '/api/')
      const before = client.token()
      await ask(new URL('/outside', server.url).href)
      await ask('leave').catch(() => undefined)
      const outside = server.arrivals.filter(({ url }) => url === '/outside')
      expect(outside.map(({ authorization }) => authorization)).toEqual(outside.map(() => undefined))
      expect(outside.length).toBeGreaterThan(0)
      expect(client.token()).toBe(before)
    })
  })
}
