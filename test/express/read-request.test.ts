import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { clientOf, readCredential } from '../../src/express/read-request.ts'
import { testApp } from '../support/app.ts'
import { ask, sendRaw } from '../support/http.ts'

function requestOf(authorization: string | undefined): IncomingMessage {
  const headers = authorization === undefined ? {} : { authorization }
  const rawHeaders =
    authorization === undefined ? ['Host', 'x'] : ['Host', 'x', 'Authorization', authorization]
  return { headers, rawHeaders } as unknown as IncomingMessage
}

describe('readCredential', () => {
  it.each([
    ['Bearer a.b.c'],
    ['bearer a.b.c'],
    ['BEARER a.b.c'],
    ['BeArEr a.b.c'],
    ['Bearer  a.b.c'],
    ['Bearer          a.b.c'],
    ['Bearer a.b.c '],
  ])('%j carries the token a.b.c', (authorization) => {
    expect(readCredential(requestOf(authorization))).toBe('a.b.c')
  })

  it.each([
    ['Bearer'],
    ['Bearer '],
    ['Bearer    '],
    ['bearer'],
    ['Bearer a.b.c d.e.f'],
    ['Bearer a.b.c,d.e.f'],
    ['Bearer a.b.c, Bearer d.e.f'],
    ['Bearer ,a.b.c'],
    ['Bearer a.b.c,'],
    ['Bearer,a.b.c'],
    ['Bearer\ta.b.c'],
    ['Bearer a.b\tc'],
    ['Bearer token="a b"'],
  ])('%j is malformed', (authorization) => {
    expect(readCredential(requestOf(authorization))).toEqual({ kind: 'malformed' })
  })

  it.each([
    [undefined],
    [''],
    ['a.b.c'],
    ['Basic YWRhOnB3'],
    ['Basic Bearer'],
    ['Bearertoken a.b.c'],
    ['Bearer-Token a.b.c'],
    ['Bearer=a.b.c'],
    ['Token a.b.c'],
    ['DPoP a.b.c'],
    ['Digest username="ada"'],
  ])('%j carries none', (authorization) => {
    expect(readCredential(requestOf(authorization))).toEqual({ kind: 'missing' })
  })

  it('reads a hostile header in no time', () => {
    const begun = performance.now()
    for (const part of [' ', 'a ', 'Bearer ', ',', '\t', 'a,']) {
      readCredential(requestOf(`Bearer ${part.repeat(100_000)}`))
    }
    expect(performance.now() - begun).toBeLessThan(1_000)
  })
})

describe('clientOf', () => {
  const requestFrom = (userAgent?: string) =>
    ({ headers: userAgent === undefined ? {} : { 'user-agent': userAgent } }) as IncomingMessage

  it.each([
    ['both', '192.0.2.1', 'curl/8', { ip: '192.0.2.1', userAgent: 'curl/8' }],
    ['neither', undefined, undefined, { ip: '', userAgent: '' }],
    ['a mapped address', '::ffff:192.0.2.1', 'curl/8', { ip: '192.0.2.1', userAgent: 'curl/8' }],
    ['a long user agent', '::1', 'x'.repeat(513), { ip: '::1', userAgent: 'x'.repeat(512) }],
  ])('of %s', (_, ip, userAgent, expected) => {
    expect(clientOf(requestFrom(userAgent), ip)).toEqual(expected)
  })
})

describe('over the wire', () => {
  it.each([
    ['two headers', (token: string) => [`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`]],
    [
      'two headers in other letters',
      (token: string) => [`authorization: Bearer ${token}`, `AUTHORIZATION: Basic x`],
    ],
    ['another scheme first', (token: string) => ['Authorization: Basic x', `Authorization: Bearer ${token}`]],
    ['an empty one first', (token: string) => ['Authorization:', `Authorization: Bearer ${token}`]],
    ['two tokens in one header', (token: string) => [`Authorization: Bearer ${token}, Bearer ${token}`]],
    ['a byte that is no ASCII', (token: string) => [`Authorization: Bearer ${token}\xe9`]],
  ])('%s: malformed, although the first one alone would pass', async (_, linesOf) => {
    const test = await testApp()
    const token = await test.login()
    const answer = await sendRaw(test.port, ['GET /whoami HTTP/1.1', 'Host: x', ...linesOf(token)])
    expect(answer).toMatch(/^HTTP\/1\.1 401 /)
    expect(answer).toContain('"code":"token_malformed"')
    expect(answer).not.toContain(token)
  })

  it.each([
    ['several blanks', (token: string) => `Authorization:   bearer    ${token}   `],
    ['a tab before', (token: string) => `Authorization:\tBEARER ${token}\t`],
  ])('%s: let in', async (_, lineOf) => {
    const test = await testApp()
    const token = await test.login()
    const answer = await sendRaw(test.port, ['GET /whoami HTTP/1.1', 'Host: x', lineOf(token)])
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('another scheme is no token: the challenge names no error', async () => {
    const test = await testApp()
    const answer = await ask(test.port, '/whoami', { headers: { Authorization: 'Basic YWRhOnB3' } })
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'token_missing' })
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="sliding-jwt"')
  })

  it('a very long token is malformed', async () => {
    const test = await testApp()
    const answer = await ask(test.port, '/whoami', {
      headers: { Authorization: `Bearer ${'A'.repeat(15_000)}` },
    })
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'token_malformed', status: 401 })
  })

  it('a token elsewhere is none', async () => {
    const test = await testApp()
    const token = await test.login()
    const elsewhere = await ask(test.port, `/whoami?access_token=${token}&token=${token}`, {
      headers: { 'X-JWT': token, Cookie: `token=${token}`, 'Proxy-Authorization': `Bearer ${token}` },
    })
    expect(JSON.parse(elsewhere.body)).toMatchObject({ code: 'token_missing' })
  })
})
