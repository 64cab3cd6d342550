import express from 'express'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import type { SigningJwk } from '../../src/index.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { jwkOf } from '../support/keys.ts'
import { T0 } from '../support/records.ts'

const PATH = '/.well-known/jwks.json'

function appWith(...keys: SigningJwk[]): Promise<TestApp> {
  return testApp({
    options: { secret: undefined, keys: { keys } },
    before: (app, sessions) => app.get(PATH, sessions.jwks()),
  })
}

describe('GET /.well-known/jwks.json', () => {
  it('has the public keys, the one that is to sign later among them, and nothing secret', async () => {
    const later = jwkOf('RS256', { starts: '2099-01-01T00:00:00Z' })
    const { app } = await appWith(jwkOf('HS256'), jwkOf('ES256'), later)
    const { body, headers, text } = await request(app).get(PATH).expect(200)
    expect(body.keys.map((key: { kid: string }) => key.kid)).toEqual(['ES256', 'RS256'])
    expect(headers['content-type']).toBe('application/jwk-set+json; charset=utf-8')
    expect(text).not.toMatch(/"(d|p|q|dp|dq|qi|k|starts)":/)
  })

  it('is empty where there are secrets only', async () => {
    const { app } = await appWith(jwkOf('HS256'))
    await request(app).get(PATH).expect(200, '{"keys":[]}')
  })

  it('may be cached for 5 minutes, and is not sent again while it is the same', async () => {
    const { app, sessions } = await appWith(jwkOf('ES256'))
    const { headers } = await request(app).get(PATH).expect(200)
    expect(headers['cache-control']).toBe('public, max-age=300')
    expect(headers['etag']).toMatch(/^(W\/)?".+"$/)
    await request(app)
      .get(PATH)
      .set('If-None-Match', headers['etag'] ?? '')
      .expect(304, '')
    sessions.useKeys({ keys: [jwkOf('ES256'), jwkOf('RS256')] })
    await request(app)
      .get(PATH)
      .set('If-None-Match', headers['etag'] ?? '')
      .expect(200)
  })

  it('is what jose verifies tokens with', async () => {
    const app = await appWith(jwkOf('ES256'))
    const published = createRemoteJWKSet(new URL(`http://127.0.0.1:${app.port}${PATH}`))
    const checks = { issuer: 'sliding-jwt', audience: 'sliding-jwt', currentDate: new Date(T0) }
    const { payload } = await jwtVerify(await app.login('ada'), published, checks)
    expect(payload).toMatchObject({ sub: 'ada', role: 'user' })
  })

  it('can be mounted anywhere', async () => {
    const { sessions } = await appWith(jwkOf('ES256'))
    const other = express().get('/keys', sessions.jwks())
    const { body } = await request(other).get('/keys').expect(200)
    expect(body.keys).toHaveLength(1)
  })
})
