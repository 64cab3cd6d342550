import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { Router } from 'express'
import { describe, expect, it } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import { listenWithSessions } from './server.ts'
import { FIRST } from './tokens.ts'
import { clientByHand } from './transport.ts'

describe('URLs', () => {
  const cases: [baseUrl: string, input: string | URL | Request, url: string, carriesToken: boolean][] = [
    ['https://h.example', 'me', 'https://h.example/me', true],
    ['https://h.example', '/me', 'https://h.example/me', true],
    ['https://h.example/', '', 'https://h.example/', true],
    ['https://h.example/api', 'me?x=1', 'https://h.example/api/me?x=1', true],
    ['https://h.example/api/', 'me', 'https://h.example/api/me', true],
    ['https://h.example/api?query#fragment', 'me', 'https://h.example/api/me', true],
    ['https://h.example/api', '/api/me', 'https://h.example/api/me', true],
    ['https://h.example/api', 'https://h.example/api', 'https://h.example/api', true],
    ['https://h.example/api', 'https://h.example/api?x=1', 'https://h.example/api?x=1', true],
    ['https://h.example/api', new URL('https://H.EXAMPLE:443/api/me'), 'https://h.example/api/me', true],
    ['https://h.example/api', new Request('https://h.example/api/me'), 'https://h.example/api/me', true],
    ['https://h.example/api', '/me', 'https://h.example/me', false],
    ['https://h.example/api', '../me', 'https://h.example/me', false],
    ['https://h.example/api', 'https://h.example/api/../me', 'https://h.example/me', false],
    ['https://h.example/api', 'https://h.example/api/%2e%2e/me', 'https://h.example/me', false],
    ['https://h.example/api', 'https://h.example/apis', 'https://h.example/apis', false],
    ['https://h.example/api', 'https://h.example/API/me', 'https://h.example/API/me', false],
    ['https://h.example', '//evil.example/me', 'https://evil.example/me', false],
    ['https://h.example', 'https://h.example.evil.example/', 'https://h.example.evil.example/', false],
    ['https://h.example', 'https://sub.h.example/', 'https://sub.h.example/', false],
    ['https://h.example', 'http://h.example/me', 'http://h.example/me', false],
    ['https://h.example', 'https://h.example:8443/me', 'https://h.example:8443/me', false],
    [
      'https://h.example',
      new Request('https://evil.example/https://h.example/'),
      'https://evil.example/https://h.example/',
      false,
    ],
  ]

  it.each(cases)('%s: %s', async (baseUrl, input, url, carriesToken) => {
    const sent: Request[] = []
    const client = createClient({
      baseUrl,
      storage: { get: () => FIRST, set: () => undefined },
      fetch: async (request) => {
        sent.push(request)
        return new Response()
      },
    })
    await client.fetch(input)
    expect(sent.map((request) => request.url)).toEqual([url])
    expect(sent[0]?.headers.get('authorization')).toBe(carriesToken ? `Bearer ${FIRST}` : null)
    expect(client.covers(url)).toBe(carriesToken)
  })

  it('takes no token of another origin where the answer does not say where it came from', async () => {
    const client = createClient({
      baseUrl: 'https://h.example',
      fetch: async () => new Response(null, { headers: { 'x-jwt': FIRST } }),
    })
    await client.fetch('https://evil.example/me')
    expect(client.token()).toBeUndefined()
    await client.fetch('me')
    expect(client.token()).toBe(FIRST)
  })

  it('takes no relative base URL outside of a page', () => {
    expect(() => createClient({ baseUrl: '/api' })).toThrow('Invalid URL')
  })
})

describe('headers', () => {
  it.each(['Basic YWRhOnB3', `Bearer ${'x'.repeat(8)}`, 'Bearer a.b.c'])(
    'leaves %s of the caller alone',
    async (own) => {
      const { client, start } = clientByHand({ storage: { get: () => FIRST, set: () => undefined } })
      const { request, answer, answered } = await start('me', { headers: { authorization: own } })
      answer(204)
      await answered
      expect(request.headers.get('authorization')).toBe(own)
      expect(client.token()).toBe(FIRST)
    },
  )

  it('keeps those of a Request, and those of init win as with plain fetch', async () => {
    const { start } = clientByHand({ storage: { get: () => FIRST, set: () => undefined } })
    const asked = new Request('https://api.example.org/v1/me', { headers: { 'x-one': '1' } })
    const { request } = await start(asked)
    expect(Object.fromEntries(request.headers)).toEqual({ 'x-one': '1', authorization: `Bearer ${FIRST}` })
    const { request: other } = await start(asked, { headers: { 'x-two': '2' } })
    expect(Object.fromEntries(other.headers)).toEqual({ 'x-two': '2', authorization: `Bearer ${FIRST}` })
  })
})

describe('as with plain fetch', () => {
  const withBody = {
    after: (api: Router) => {
      api.post('/echo', (req, res) => {
        res.type('text/plain')
        req.pipe(res)
      })
      api.get('/slow', (_req, res) => {
        res.write('first')
      })
    },
  }

  async function signedIn() {
    const server = await listenWithSessions(withBody)
    const client = createClient({ baseUrl: server.url })
    await client.login({ username: 'ada' })
    return { server, client }
  }

  it('sends a stream and hands one back', async () => {
    const { server, client } = await signedIn()
    server.expireTokens()
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('streamed '))
        controller.enqueue(new TextEncoder().encode('in parts'))
        controller.close()
      },
    })
    const before = client.token()
    const response = await client.fetch('echo', { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect(response.headers.get('x-jwt')).not.toBeNull()
    expect(client.token()).toBe(response.headers.get('x-jwt'))
    expect(client.token()).not.toBe(before)
    const parts: string[] = []
    for await (const part of response.body as AsyncIterable<Uint8Array>)
      parts.push(new TextDecoder().decode(part))
    expect(parts.join('')).toBe('streamed in parts')
  })

  it('sends a Request with its body once', async () => {
    const { server, client } = await signedIn()
    const request = new Request(`${server.url}/echo`, { method: 'POST', body: 'from a Request' })
    expect(await (await client.fetch(request)).text()).toBe('from a Request')
    expect(request.bodyUsed).toBe(true)
    await expect(client.fetch(request)).rejects.toThrow(TypeError)
  })

  it('answers before the body is there', async () => {
    const { client } = await signedIn()
    const response = await client.fetch('slow')
    const { value } = await (response.body as ReadableStream<Uint8Array>).getReader().read()
    expect(new TextDecoder().decode(value)).toBe('first')
  })

  it.each(['before', 'while the body comes'])('aborts %s, with the reason given', async (when) => {
    const { client } = await signedIn()
    const controller = new AbortController()
    const reason = new Error('enough')
    if (when === 'before') {
      controller.abort(reason)
      await expect(client.fetch('slow', { signal: controller.signal })).rejects.toBe(reason)
    } else {
      const response = await client.fetch('slow', { signal: controller.signal })
      controller.abort(reason)
      await expect(response.text()).rejects.toBe(reason)
    }
  })

  it('aborts a request that has no answer yet, by the signal of a Request', async () => {
    const { client, server } = await signedIn()
    const controller = new AbortController()
    const request = new Request(`${server.url}/me`, { signal: controller.signal })
    const answered = client.fetch(request)
    controller.abort()
    await expect(answered).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
  })

  it('rejects where nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    const client = createClient({ baseUrl: `http://127.0.0.1:${port}` })
    await expect(client.fetch('me')).rejects.toThrow(TypeError)
  })

  it('has the type of fetch, and needs no this', async () => {
    const { server, client } = await signedIn()
    const plain: typeof fetch = client.fetch
    expect((await plain(new URL('/me', server.url))).status).toBe(200)
  })
})
