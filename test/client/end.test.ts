import { describe, expect, it } from 'vitest'
import { createClient, type SignedOutCode } from '../../src/client/index.ts'
import { ERRORS } from '../../src/index.ts'
import { listenWithSessions } from './server.ts'
import { FIRST, OTHER, SECOND } from './tokens.ts'
import { clientByHand } from './transport.ts'

/** The 401s that say nothing of the session: no token arrived, or a password was wrong. */
const OF_THE_REQUEST = ['token_missing', 'credentials_invalid']

const codes = Object.entries(ERRORS).map(([code, { status }]) => ({
  code,
  status,
  ends: status === 401 && !OF_THE_REQUEST.includes(code),
}))

async function signedInByHand() {
  const byHand = clientByHand()
  const login = await byHand.start('login')
  login.answer(200, { token: FIRST })
  await login.answered
  return byHand
}

describe('the end of a session', () => {
  it.each(codes)('$code: $ends', async ({ code, status, ends: expected }) => {
    const { client, ends, start } = await signedInByHand()
    const request = await start()
    request.answer(status, { code })
    const response = await request.answered
    expect(ends).toEqual(expected ? [code] : [])
    expect(client.token()).toBe(expected ? undefined : FIRST)
    expect(await response.json()).toMatchObject({ code })
  })

  it.each([
    ['a code of the host’s own', 401, { code: 'session_quota' }],
    ['another status', 403, { code: 'session_revoked' }],
    ['another media type', 401, { code: 'session_revoked', type: 'application/json' }],
    ['a body that is no JSON', 401, { code: 'x', body: '<html>' }],
    ['a body that is null', 401, { code: 'x', body: 'null' }],
    ['no body', 401, {}],
  ])('is not: %s', async (_what, status, extra) => {
    const { client, ends, start } = await signedInByHand()
    const request = await start()
    request.answer(status, extra)
    expect((await request.answered).status).toBe(status)
    expect([client.token(), ends]).toEqual([FIRST, []])
  })

  it('is told once, with the first code, however many requests fail at once', async () => {
    const { client, ends, start } = await signedInByHand()
    const requests = [await start(), await start(), await start(), await start()]
    requests[2]?.answer(401, { code: 'token_reused' })
    await requests[2]?.answered
    for (const request of requests) request.answer(401, { code: 'session_revoked' })
    await Promise.all(requests.map(({ answered }) => answered))
    const after = await start()
    after.answer(401, { code: 'token_missing' })
    await after.answered
    expect([client.token(), ends]).toEqual([undefined, ['token_reused']])
  })

  it('is not told by an answer to a superseded token: the newer one is still to be tried', async () => {
    const { client, ends, start } = await signedInByHand()
    const [late, renewed] = [await start(), await start()]
    renewed.answer(200, { token: SECOND })
    await renewed.answered
    late.answer(401, { code: 'session_revoked' })
    expect((await late.answered).status).toBe(401)
    expect([client.token(), ends]).toEqual([SECOND, []])
    const next = await start()
    next.answer(401, { code: 'session_revoked' })
    await next.answered
    expect([client.token(), ends]).toEqual([undefined, ['session_revoked']])
  })

  it('of a former session says nothing about the new one', async () => {
    const { client, ends, start } = await signedInByHand()
    const late = await start()
    client.receive(
      new Response(null, { headers: { 'x-jwt': OTHER } }),
      new Request('https://api.example.org/v1/login'),
      true,
    )
    late.answer(401, { code: 'session_revoked' })
    await late.answered
    expect([client.token(), ends]).toEqual([OTHER, []])
  })

  it('is no end where the same answer brings a newer token', async () => {
    const { client, ends, start } = await signedInByHand()
    const request = await start()
    request.answer(401, { code: 'session_revoked', token: SECOND })
    await request.answered
    expect([client.token(), ends]).toEqual([SECOND, []])
  })

  it('drops the token before it is told', async () => {
    const seen: (string | undefined)[] = []
    const client = createClient({
      baseUrl: 'https://api.example.org',
      onSignedOut: () => seen.push(client.token()),
      fetch: async () =>
        Response.json(
          { code: 'session_idle' },
          { status: 401, headers: { 'content-type': 'application/problem+json', 'x-jwt': '' } },
        ),
    })
    await client.receive(
      new Response(null, { headers: { 'x-jwt': FIRST } }),
      new Request('https://api.example.org/'),
    )
    expect(client.token()).toBe(FIRST)
    await client.fetch('me')
    expect(seen).toEqual([undefined])
  })

  it('of a real server: revoked while the token is fresh', async () => {
    const server = await listenWithSessions()
    const ends: (SignedOutCode | undefined)[] = []
    const client = createClient({ baseUrl: server.url, onSignedOut: (code) => ends.push(code) })
    await client.login({ username: 'ada' })
    await server.sessions.revokeAll('ada')
    const responses = await Promise.all(Array.from({ length: 10 }, () => client.fetch('me')))
    expect(responses.map(({ status }) => status)).toEqual(Array(10).fill(401))
    expect(ends).toEqual(['session_revoked'])
    await client.login({ username: 'ada' })
    expect((await client.fetch('me')).status).toBe(200)
  })
})
