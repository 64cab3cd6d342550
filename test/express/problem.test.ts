import { describe, expect, it } from 'vitest'
import {
  ERRORS,
  type ErrorCode,
  type ProblemOptions,
  SlidingSessionError,
  sendProblem,
} from '../../src/index.ts'
import { testApp, tokenOf } from '../support/app.ts'
import { type Answer, ask } from '../support/http.ts'
import { MINUTE } from '../support/records.ts'

const CODES = Object.keys(ERRORS) as ErrorCode[]

async function problem(code: ErrorCode, options?: ProblemOptions, headers = {}): Promise<Answer> {
  const test = await testApp({
    before: (app) => app.get('/problem', (_req, res) => sendProblem(res, code, options)),
  })
  return ask(test.port, '/problem', { headers })
}

async function thrown(error: Error, headers = {}): Promise<Answer> {
  const test = await testApp({
    before: (app) =>
      app.get('/problem', () => {
        throw error
      }),
  })
  return ask(test.port, '/problem', { headers })
}

describe('a problem document', () => {
  it.each(CODES)('%s has exactly the members of RFC 9457 and a code', async (code) => {
    const { status, headers, body } = await problem(code)
    const { status: expected, title } = ERRORS[code]
    expect(status).toBe(expected)
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['retry-after']).toBe(code === 'unavailable' ? '1' : undefined)
    expect(headers['www-authenticate']).toBeUndefined()
    expect(body).toBe(
      JSON.stringify({ type: `/docs/errors#${code}`, title, status: expected, code, detail: title }),
    )
  })

  it('takes a detail, a challenge and a time after which to try again', async () => {
    const answer = await problem('rate_limited', {
      detail: 'Wait.',
      challenge: 'Bearer realm="x"',
      retryAfter: 90,
    })
    expect(JSON.parse(answer.body)).toMatchObject({ detail: 'Wait.', title: 'Too many attempts' })
    expect(answer.headers).toMatchObject({ 'retry-after': '90', 'www-authenticate': 'Bearer realm="x"' })
  })

  it('is never answered by 304', async () => {
    const first = await problem('not_found')
    const again = await problem('not_found', {}, { 'If-None-Match': first.headers.etag ?? '*' })
    expect(again.status).toBe(404)
  })

  it('cuts the connection where half an answer is out', async () => {
    const test = await testApp({
      before: (app) =>
        app.get('/half', (_req, res) => {
          res.write('half')
          setImmediate(() => sendProblem(res, 'internal'))
        }),
    })
    await expect(ask(test.port, '/half')).rejects.toThrow(/aborted|hang up|terminated/)
  })
})

describe('problemHandler', () => {
  it.each(CODES)('answers %s', async (code) => {
    const answer = await thrown(new SlidingSessionError(code, 'This very case.'))
    expect(answer.status).toBe(ERRORS[code].status)
    expect(JSON.parse(answer.body)).toMatchObject({ code, detail: 'This very case.' })
    const challenges: Record<number, string> = {
      401: 'Bearer realm="sliding-jwt"',
      403: 'Bearer realm="sliding-jwt", error="insufficient_scope"',
    }
    expect(answer.headers['www-authenticate']).toBe(challenges[answer.status])
    expect(answer.headers['retry-after']).toBe(code === 'unavailable' ? '1' : undefined)
  })

  it.each([
    ['Bearer abc', 'Bearer realm="sliding-jwt", error="invalid_token"'],
    ['Basic abc', 'Bearer realm="sliding-jwt"'],
  ])('challenges %s with %s', async (authorization, challenge) => {
    const answer = await thrown(new SlidingSessionError('user_disabled'), { Authorization: authorization })
    expect(answer.headers['www-authenticate']).toBe(challenge)
  })

  it('never tells the cause', async () => {
    const cause = new Error('disk full at /var/lib/secret')
    const answer = await thrown(new SlidingSessionError('unavailable', undefined, { cause }))
    expect(answer.body).not.toContain('disk')
  })

  it('hands on every other error', async () => {
    const answer = await thrown(new Error('broken'))
    expect(answer.status).toBe(500)
    expect(JSON.parse(answer.body)).toEqual({ code: 'host_error' })
  })
})

describe('the realm', () => {
  it('is the issuer', async () => {
    const test = await testApp({ options: { issuer: 'https://id.example' } })
    const response = await test.get('/whoami')
    expect(response.headers['www-authenticate']).toBe('Bearer realm="https://id.example"')
  })
})

describe('a 401 that the host’s own loadClaims throws', () => {
  it('carries a challenge like any other', async () => {
    let isGone = false
    const loadClaims = () => {
      if (isGone) throw new SlidingSessionError('user_disabled')
      return {}
    }
    const test = await testApp({ options: { loadClaims } })
    const token = await test.login()
    test.clock.advance(16 * MINUTE)
    isGone = true
    const response = await test.get('/whoami', token)
    expect(response.body).toMatchObject({ code: 'user_disabled', status: 401 })
    expect(response.headers['www-authenticate']).toBe('Bearer realm="sliding-jwt", error="invalid_token"')
    expect(tokenOf(response)).toBeUndefined()
  })
})
