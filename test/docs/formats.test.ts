import express from 'express'
import request from 'supertest'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { describeKeys, generateKey, type SigningJwk, slidingSession } from '../../src/index.ts'
import { document } from '../server/openapi/contract.ts'
import { blocksOf } from './blocks.ts'

/** The blocks of a page in a language. */
function codesOf(page: string, language: string): string[] {
  return blocksOf(page).flatMap((block) => (block.language === language ? [block.code] : []))
}

describe('docs/keys.md: the key file', () => {
  const [shown = ''] = codesOf('docs/keys.md', 'json')

  it('is one that is taken, with real keys in it', () => {
    const keys = JSON.parse(shown).keys.map(withSecret)
    const names = keys.map(({ kid }: SigningJwk) => kid)
    const [, second] = keys
    const starts = Date.parse(second.starts)
    const statesAt = (now: number) => describeKeys({ keys }, now).map(({ kid, state }) => [kid, state])
    expect(statesAt(starts - 1)).toEqual([
      [names[0], 'signing'],
      [names[1], 'waiting'],
    ])
    expect(statesAt(starts)).toEqual([
      [names[0], 'verifying'],
      [names[1], 'signing'],
    ])
    // What is there beside the secret parts is all that there is.
    for (const key of keys) expect(Object.keys(generateKey(key.alg)).sort()).toEqual(membersOf(key))
  })
})

/** A key of the page with what it leaves out. */
function withSecret(key: SigningJwk): SigningJwk {
  const made: Readonly<Record<string, unknown>> = { ...generateKey(key.alg) }
  const entries = Object.entries(key).map(([name, value]) => [name, value === '…' ? made[name] : value])
  return Object.fromEntries(entries)
}

function membersOf(key: SigningJwk): string[] {
  return Object.keys(key)
    .filter((name) => name !== 'starts')
    .sort()
}

describe('docs/resource-servers.md: the question of a resource server', () => {
  const [shown = ''] = codesOf('docs/resource-servers.md', 'http')
  const [head = '', body = ''] = shown.trimEnd().split('\n\n')
  const [line = '', ...fields] = head.split('\n')
  const headers = Object.fromEntries(fields.map((field) => field.split(/: (.*)/s).slice(0, 2)))
  const created = Number(/created=(\d+)/.exec(shown)?.[1]) * 1000

  async function ask(now: number, change: { readonly body?: string; readonly path?: string } = {}) {
    const sessions = await slidingSession({
      keys: { keys: [generateKey('ES256')] },
      resources: { orders: 'a key of two servers, also 32 bytes or more' },
      database: ':memory:',
      now: () => now,
    })
    onTestFinished(() => sessions.close())
    const [, path = ''] = /^POST (\S+) HTTP\/1\.1$/.exec(line) ?? []
    const app = express().post(['/renew', '/again'], sessions.renew())
    const { status, body: answer } = await request(app)
      .post(change.path ?? path)
      .set(headers)
      .send(change.body ?? body)
    return { status, kind: answer.kind, code: answer.code }
  }

  it('is one that the auth server takes, byte for byte', async () => {
    expect(await ask(created)).toEqual({ status: 200, kind: 'refuse', code: 'token_invalid' })
  })

  it('is taken with no other body, on no other path, and at no other time', async () => {
    const refused = { status: 403, kind: undefined, code: 'forbidden' }
    expect(await ask(created, { body: body.replace('false', 'true') })).toEqual(refused)
    expect(await ask(created, { path: '/again' })).toEqual(refused)
    expect(await ask(created + 31_000)).toEqual(refused)
  })
})

describe('docs/deploying.md: Traefik', () => {
  it('names middlewares, services and headers that there are', () => {
    const { http } = parse(codesOf('docs/deploying.md', 'yaml')[0] ?? '')
    for (const { middlewares, service } of Object.values<{ middlewares: string[]; service: string }>(
      http.routers,
    )) {
      expect(Object.keys(http.middlewares)).toEqual(expect.arrayContaining(middlewares))
      expect(Object.keys(http.services)).toContain(service)
    }
    const { address, authResponseHeaders } = http.middlewares['who-asks'].forwardAuth
    const { responses } = document.paths[new URL(address).pathname].get
    const told = Object.keys(responses['204'].headers).map((name) => name.toLowerCase())
    const taken = authResponseHeaders.map((name: string) => name.toLowerCase())
    expect(told).toEqual(expect.arrayContaining(taken))
  })
})
