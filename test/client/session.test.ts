import { describe, expect, it } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import { listenWithSessions } from './server.ts'
import { claimsOf, FIRST, OTHER, SECOND, THIRD, tokenOf } from './tokens.ts'
import { clientByHand, nextOf } from './transport.ts'

async function signedIn(options: Parameters<typeof listenWithSessions>[0] = {}) {
  const server = await listenWithSessions(options)
  const client = createClient({ baseUrl: server.url })
  await client.login({ username: 'ada' })
  return { server, client }
}

describe('with a real server', () => {
  it('logs in, works across expiries without a hitch, and logs out', async () => {
    const { server, client } = await signedIn()
    for (const gen of [0, 1, 2, 3]) {
      if (gen > 0) server.expireTokens()
      const response = await client.fetch('me')
      expect(await response.json()).toEqual({ userId: 'ada', renewed: gen > 0 })
      expect(claimsOf(client.token()).gen).toBe(gen)
    }
    const last = client.token()
    expect((await client.logout()).status).toBe(204)
    expect(client.token()).toBeUndefined()
    const refused = await fetch(`${server.url}/me`, { headers: { authorization: `Bearer ${last}` } })
    expect(await refused.json()).toMatchObject({ code: 'session_revoked' })
  })

  it('gets all answers of parallel requests with one expired token, and one new token', async () => {
    const { server, client } = await signedIn()
    server.expireTokens()
    const responses = await Promise.all(Array.from({ length: 20 }, () => client.fetch('me')))
    expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(responses.filter(({ headers }) => headers.has('x-jwt'))).toHaveLength(1)
    expect(claimsOf(client.token()).gen).toBe(1)
    server.expireTokens()
    expect((await client.fetch('me')).status).toBe(200)
  })

  it('resolves to the answer where the credentials are wrong, and stays as it was', async () => {
    const { server, client } = await signedIn({
      before: (app) => {
        app.post('/wrong', (_req, res) => {
          res.status(401).type('application/problem+json').send('{"code":"credentials_invalid"}')
        })
      },
    })
    const before = client.token()
    const response = await client.login({ username: 'ada' }, 'wrong')
    expect([response.status, await response.json()]).toEqual([401, { code: 'credentials_invalid' }])
    expect(client.token()).toBe(before)
    expect(server.arrivals.at(-1)).toMatchObject({ method: 'POST', url: '/wrong' })
  })

  it('ends the session that a new login takes the place of', async () => {
    const { server, client } = await signedIn()
    const { jti } = claimsOf(client.token())
    await client.login({ username: 'ada' })
    expect(claimsOf(client.token()).jti).not.toBe(jti)
    expect(await server.sessions.find(jti)).toMatchObject({ valid: false, revokedReason: 'replaced' })
  })

  it('takes the token of a login that is not its own login, as long as there is none', async () => {
    const server = await listenWithSessions()
    const client = createClient({ baseUrl: server.url })
    await client.fetch('login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"username":"ada"}',
    })
    expect((await client.fetch('me')).status).toBe(200)
  })
})

describe('late answers', () => {
  it('of an older generation or sibling never overwrite', async () => {
    const { client, start } = clientByHand()
    const login = await start('login')
    login.answer(200, { token: FIRST })
    await login.answered
    const [one, two, three] = [await start(), await start(), await start()]
    three.answer(200, { token: THIRD })
    await three.answered
    one.answer(200, { token: SECOND })
    two.answer(500, { token: FIRST })
    await Promise.all([one.answered, two.answered])
    expect(client.token()).toBe(THIRD)
  })

  it('with an older iat never overwrite', async () => {
    const { client, start } = clientByHand()
    const login = await start('login')
    login.answer(200, { token: SECOND })
    await login.answered
    const late = await start()
    late.answer(200, { token: tokenOf({ gen: 2, iat: 50 }) })
    await late.answered
    expect(client.token()).toBe(SECOND)
  })

  it('of the former session are nothing after a login, and a login wins over everything', async () => {
    const { client, waiting, start } = clientByHand()
    const former = await start('login')
    former.answer(200, { token: THIRD })
    await former.answered
    const [late, later] = [await start(), await start()]
    const login = client.login({ username: 'ada' })
    const { request, answer } = await nextOf(waiting)
    expect(request.headers.get('authorization')).toBe(`Bearer ${THIRD}`)
    late.answer(200, { token: tokenOf({ gen: 3, iat: 900 }) })
    await late.answered
    answer(200, { token: OTHER })
    await login
    later.answer(200, { token: tokenOf({ gen: 4, iat: 999 }) })
    await later.answered
    expect(client.token()).toBe(OTHER)
  })

  it('of the former session are nothing after a logout, which drops the token at once', async () => {
    const { client, ends, waiting, start } = clientByHand()
    const login = await start('login')
    login.answer(200, { token: FIRST })
    await login.answered
    const late = await start()
    const logout = client.logout()
    const { request, answer } = await nextOf(waiting)
    expect([request.url, request.method]).toEqual(['https://api.example.org/v1/logout', 'POST'])
    expect(request.headers.get('authorization')).toBe(`Bearer ${FIRST}`)
    expect(client.token()).toBeUndefined()
    late.answer(200, { token: SECOND })
    await late.answered
    answer(401, { code: 'session_revoked', token: SECOND })
    await logout
    expect(client.token()).toBeUndefined()
    expect(ends).toEqual([])
  })

  it('are dropped with the token where a logout does not reach the server', async () => {
    const client = createClient({
      baseUrl: 'https://api.example.org',
      storage: { get: () => undefined, set: () => undefined },
      fetch: () => Promise.reject(new TypeError('no network')),
    })
    await expect(client.logout()).rejects.toThrow('no network')
    expect(client.token()).toBeUndefined()
  })

  it('with another session’s token are nothing', async () => {
    const { client, start } = clientByHand()
    const login = await start('login')
    login.answer(200, { token: FIRST })
    await login.answered
    const odd = await start()
    odd.answer(200, { token: OTHER })
    await odd.answered
    expect(client.token()).toBe(FIRST)
  })
})

describe('a request that is tried again', () => {
  it('carries the newest token, not the one that it was first sent with', async () => {
    const { start } = clientByHand()
    const login = await start('login')
    login.answer(200, { token: FIRST })
    await login.answered
    const first = await start()
    first.answer(503, { token: SECOND })
    await first.answered
    const again = await start('me', { headers: first.request.headers })
    expect(again.request.headers.get('authorization')).toBe(`Bearer ${SECOND}`)
  })
})
