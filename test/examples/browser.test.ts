import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { claimsOf, FIRST, OTHER, SECOND, THIRD } from '../client/tokens.ts'
import { LIFETIME_AND_MORE_MS, standAlone } from './stand-alone.ts'

type Connect = (server: string) => (path: string, init?: RequestInit) => Promise<Response>

const script = new URL('../../examples/browser/sliding.js', import.meta.url)

/** The 15 lines alone, in Node with a `localStorage` in place of the browser's; the page is not opened here. */
describe('examples/browser: sliding.js, without a browser', () => {
  const server = standAlone()
  const entries = new Map<string, string>()
  let connect: Connect

  beforeEach(async () => {
    entries.clear()
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => entries.get(key) ?? null,
      setItem: (key: string, value: string) => entries.set(key, value),
    })
    connect = ((await import(script.href)) as { connect: Connect }).connect
  })
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it('has at most 15 lines', () => {
    expect(readFileSync(script, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(15)
  })

  it('works across expiries, in two tabs', async () => {
    const [one, two] = [connect(server.url), connect(server.url)]
    expect((await one('me')).status).toBe(401)
    const login = await one('login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: server.username, password: server.password }),
    })
    expect(login.status).toBe(200)
    for (const gen of [1, 2]) {
      await wait(LIFETIME_AND_MORE_MS)
      const responses = await Promise.all([one('me'), two('me'), one('me')])
      expect(responses.map(({ status }) => status)).toEqual([200, 200, 200])
      expect(claimsOf(entries.get('jwt')).gen).toBe(gen)
    }
    expect((await two('logout', { method: 'POST' })).status).toBe(204)
    expect(await (await one('me')).json()).toMatchObject({ code: 'session_revoked' })
  })

  it.each([
    ['the successor', FIRST, FIRST, SECOND, SECOND],
    ['a login', undefined, undefined, FIRST, FIRST],
    ['a login beside an old session', FIRST, FIRST, OTHER, OTHER],
    ['late, of an older generation', FIRST, THIRD, SECOND, THIRD],
    ['late, but of a later generation', FIRST, SECOND, THIRD, THIRD],
    ['late, after another login', FIRST, OTHER, SECOND, OTHER],
    ['late, after a logout', FIRST, undefined, SECOND, undefined],
  ])('keeps the right one: %s', async (_what, sent, meanwhile, incoming, expected) => {
    if (sent !== undefined) entries.set('jwt', sent)
    vi.stubGlobal('fetch', async (request: Request) => {
      expect(request.headers.get('authorization')).toBe(sent === undefined ? null : `Bearer ${sent}`)
      if (meanwhile === undefined) entries.delete('jwt')
      else entries.set('jwt', meanwhile)
      return new Response(null, { headers: { 'X-JWT': incoming } })
    })
    await connect('https://api.example.org')('me')
    expect(entries.get('jwt')).toBe(expected)
  })

  it.each(['https://evil.example/', '//evil.example/', '@evil.example/', '../../me'])(
    'goes nowhere else: %s',
    async (path) => {
      const seen: string[] = []
      vi.stubGlobal('fetch', async (request: Request) => {
        seen.push(new URL(request.url).origin, request.redirect)
        return new Response()
      })
      await connect('https://api.example.org')(path)
      expect(seen).toEqual(['https://api.example.org', 'error'])
    },
  )
})
