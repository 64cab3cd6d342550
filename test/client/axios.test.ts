import axios, { AxiosError, type AxiosRequestConfig } from 'axios'
import { describe, expect, it } from 'vitest'
import { addInterceptors, fetchBy } from '../../src/client/axios.ts'
import { noting } from '../../src/client/axios-answer.ts'
import { createClient } from '../../src/client/index.ts'
import { type Ask, type Attach, adapterCases } from './adapter-cases.ts'
import { listen, listenWithSessions } from './server.ts'
import { claimsOf } from './tokens.ts'

function attaching(config: AxiosRequestConfig): Attach {
  return (options) => {
    const instance = axios.create({ baseURL: options.baseUrl, ...config })
    const client = createClient({ ...options, fetch: fetchBy(instance) })
    addInterceptors(instance, client)
    const ask: Ask = async (url, data) => {
      const method = data === undefined ? 'get' : 'post'
      const { status, data: body } = await instance.request({ url, method, data, validateStatus: () => true })
      return { status, body }
    }
    return { client, ask }
  }
}

adapterCases('axios with its adapter for Node', attaching({ adapter: 'http' }))
adapterCases('axios with its fetch adapter', attaching({ adapter: 'fetch' }))
adapterCases(
  'axios with a fetch of its own',
  attaching({ adapter: 'fetch', env: { fetch: globalThis.fetch } }),
)

async function signedIn(options: AxiosRequestConfig = {}) {
  const server = await listenWithSessions()
  const ends: unknown[] = []
  const instance = axios.create({ baseURL: server.url, ...options })
  const client = createClient({
    baseUrl: server.url,
    onSignedOut: (code) => ends.push(code),
    fetch: fetchBy(instance),
  })
  const detach = addInterceptors(instance, client)
  await client.login({ username: 'ada' })
  return { server, client, ends, instance, detach }
}

describe('axios', () => {
  it.each(['http', 'fetch'])('rejects as it always does: %s', async (adapter) => {
    const { server, ends, instance } = await signedIn({ adapter })
    await server.sessions.revokeAll('ada')
    const error = await instance.get('me').catch((error: unknown) => error)
    expect(error).toBeInstanceOf(AxiosError)
    expect((error as AxiosError).response?.data).toMatchObject({ code: 'session_revoked' })
    expect(ends).toEqual(['session_revoked'])
  })

  it.each(['json', 'text', 'arraybuffer'] as const)(
    'reads the code whatever the response type: %s',
    async (responseType) => {
      const { server, ends, instance } = await signedIn({ adapter: 'http', responseType })
      await server.sessions.revokeAll('ada')
      await expect(instance.get('me')).rejects.toThrow('401')
      expect(ends).toEqual(['session_revoked'])
    },
  )

  it('keeps the token that comes with a stream, and the stream', async () => {
    const { server, client, instance } = await signedIn({ adapter: 'http', responseType: 'stream' })
    server.expireTokens()
    const { data } = await instance.get('me')
    expect(claimsOf(client.token()).gen).toBe(1)
    expect(JSON.parse(Buffer.concat(await data.toArray()).toString())).toMatchObject({ userId: 'ada' })
  })

  it('carries the newest token where a failed request is tried again', async () => {
    const { server, client, instance } = await signedIn({ adapter: 'http' })
    server.expireTokens()
    const failed = await instance.get('missing').catch((error: AxiosError) => error)
    server.expireTokens()
    const again = await instance
      .request((failed as AxiosError).config ?? {})
      .catch((error: AxiosError) => error)
    expect((again as AxiosError).status).toBe(404)
    expect(claimsOf(client.token()).gen).toBe(2)
  })

  it('leaves an Authorization header of the caller alone', async () => {
    const { server, instance } = await signedIn()
    await instance.get('me', { headers: { authorization: 'Basic YWRhOnB3' } }).catch(() => undefined)
    expect(server.arrivals.at(-1)?.authorization).toBe('Basic YWRhOnB3')
  })

  it('is one device with the client’s own fetch where it uses the fetch adapter', async () => {
    const server = await listenWithSessions()
    const client = createClient({ baseUrl: server.url })
    const instance = axios.create({ baseURL: server.url, adapter: 'fetch' })
    addInterceptors(instance, client)
    await client.login({ username: 'ada' })
    server.expireTokens()
    expect((await instance.get('me')).status).toBe(200)
    expect(claimsOf(client.token()).gen).toBe(1)
  })

  it('wraps a fetch once, however often a request is tried again', () => {
    const wrapped = noting(globalThis.fetch)
    expect(noting(undefined)).toBe(wrapped)
    expect(noting(wrapped)).toBe(wrapped)
  })

  it('keeps a User-Agent of the caller', async () => {
    const seen: unknown[] = []
    const home = await listen((app) => {
      app.get('/', (req, res) => {
        seen.push(req.headers['user-agent'])
        res.end()
      })
    })
    const instance = axios.create({ adapter: 'fetch', headers: { 'User-Agent': 'shop/1' } })
    addInterceptors(instance, createClient({ baseUrl: home.url }))
    await instance.get(home.url)
    expect(seen).toEqual(['shop/1'])
  })

  it.each([
    ['/api', ['http', 'fetch']],
    ['/', ['xhr', 'http', 'fetch']],
  ])('leaves XMLHttpRequest out where it could carry the token away: %s', async (mount, expected) => {
    const server = await listenWithSessions({ mount })
    const client = createClient({ baseUrl: server.url + mount })
    const instance = axios.create({ baseURL: server.url + mount, headers: { 'User-Agent': 'node' } })
    addInterceptors(instance, client)
    await client.login({ username: 'ada' })
    const { config } = await instance.get('me')
    expect(config.adapter).toEqual(expected)
  })

  it('keeps a beforeRedirect of the caller', async () => {
    const home = await listen((app) => {
      app.get('/here', (_req, res) => res.redirect('/there'))
      app.get('/there', (_req, res) => {
        res.send('there')
      })
    })
    const seen: unknown[] = []
    const instance = axios.create({
      baseURL: home.url,
      beforeRedirect: (options) => seen.push(options['path']),
    })
    addInterceptors(instance, createClient({ baseUrl: home.url }))
    expect((await instance.get('here')).data).toBe('there')
    expect(seen).toEqual(['/there'])
  })

  it('is itself again when the interceptors are taken away', async () => {
    const { server, client, instance, detach } = await signedIn()
    const before = client.token()
    detach()
    await expect(instance.get('me')).rejects.toThrow('401')
    expect(server.arrivals.at(-1)?.authorization).toBeUndefined()
    server.expireTokens()
    const { headers } = await instance.get('me', { headers: { authorization: `Bearer ${before}` } })
    expect(headers['x-jwt']).toBeDefined()
    expect(client.token()).toBe(before)
  })

  it('sends the query that params make, and passes on what is no answer', async () => {
    const { server, instance } = await signedIn()
    await instance.get('me', { params: { page: 2 } })
    expect(server.arrivals.at(-1)?.url).toBe('/me?page=2')
    await expect(instance.get('me', { signal: AbortSignal.abort() })).rejects.toThrow('canceled')
  })
})
