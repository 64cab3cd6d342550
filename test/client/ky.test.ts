import ky, { HTTPError } from 'ky'
import { describe, expect, it } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import { hooks } from '../../src/client/ky.ts'
import { type Ask, adapterCases } from './adapter-cases.ts'
import { listenWithSessions } from './server.ts'
import { claimsOf } from './tokens.ts'

adapterCases('ky', (options) => {
  const { baseUrl } = options
  const client = createClient(options)
  const api = ky.create({ baseUrl, retry: 0, throwHttpErrors: false, hooks: hooks(client) })
  const ask: Ask = async (path, json) => {
    const response = json === undefined ? await api.get(path) : await api.post(path, { json })
    const text = await response.text()
    return { status: response.status, body: text.startsWith('outside') ? text : JSON.parse(text) }
  }
  return { client, ask }
})

describe('ky', () => {
  it('rejects as it always does, with the answer readable', async () => {
    const server = await listenWithSessions()
    const ends: unknown[] = []
    const client = createClient({ baseUrl: server.url, onSignedOut: (code) => ends.push(code) })
    await client.login({ username: 'ada' })
    await server.sessions.revokeAll('ada')
    const error = await ky
      .create({ baseUrl: server.url, hooks: hooks(client) })
      .get('me')
      .catch((error: unknown) => error)
    expect(error).toBeInstanceOf(HTTPError)
    expect((error as HTTPError).data).toMatchObject({ code: 'session_revoked' })
    expect(ends).toEqual(['session_revoked'])
  })

  it('carries the newest token at each retry, not the one that it was first sent with', async () => {
    const failures = [503, 503]
    const server = await listenWithSessions({
      after: (api) => {
        api.get('/shaky', (_req, res) => {
          server.expireTokens()
          res.status(failures.shift() ?? 200).json('done')
        })
      },
    })
    const client = createClient({ baseUrl: server.url })
    await client.login({ username: 'ada' })
    server.expireTokens()
    const api = ky.create({ baseUrl: server.url, hooks: hooks(client), retry: { limit: 2, delay: () => 1 } })
    expect(await api.get('shaky').json()).toBe('done')
    const sent = server.arrivals.slice(-3).map(({ authorization }) => claimsOf(authorization).gen)
    expect(sent).toEqual([0, 1, 2])
    expect(claimsOf(client.token()).gen).toBe(3)
  })

  it('works beside hooks of the caller', async () => {
    const server = await listenWithSessions()
    const client = createClient({ baseUrl: server.url })
    await client.login({ username: 'ada' })
    const seen: number[] = []
    const api = ky
      .create({
        baseUrl: server.url,
        hooks: { afterResponse: [({ response }) => void seen.push(response.status)] },
      })
      .extend({ hooks: hooks(client) })
    expect(await api.get('me').json()).toMatchObject({ userId: 'ada' })
    expect(seen).toEqual([200])
  })
})
