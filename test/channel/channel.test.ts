import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Channel, type SignedRequest } from '../../src/channel/channel.ts'
import { readKeys, readSharedKeys } from '../../src/channel/shared-keys.ts'
import { signMessage } from '../../src/channel/signature.ts'
import { SECOND, T0 } from '../support/records.ts'

const ORDERS = 'the key of orders, which has 32 bytes or more'
const BILLING = 'the key of billing, which has 32 bytes or more'
const MESSAGE = { method: 'POST', path: '/renew', body: '{"token":"…"}' }

/** A channel of two servers. */
function channelOf(resources: object = { orders: ORDERS, billing: BILLING }): Channel {
  return new Channel(readSharedKeys('resources', resources))
}

function signed(audience = 'orders', key = ORDERS, now = T0): SignedRequest {
  const [secret] = readKeys('key', key)
  return { ...MESSAGE, headers: { ...signMessage(MESSAGE, audience, secret as never, now) } }
}

/** Changes what was signed in one parameter. */
function withInput(request: SignedRequest, from: string | RegExp, to: string): SignedRequest {
  const input = String(request.headers['signature-input'])
  expect(input).toMatch(from)
  return { ...request, headers: { ...request.headers, 'signature-input': input.replace(from, to) } }
}

const right = signed()

describe('a signed request', () => {
  it('is that of the server whose key it was signed with', () => {
    const channel = channelOf()
    expect(channel.check(right, T0)).toEqual({ kind: 'right', audience: 'orders' })
    expect(channel.check(signed('billing', BILLING), T0)).toEqual({ kind: 'right', audience: 'billing' })
  })

  it('has the form of RFC 9421 and RFC 9530', () => {
    const { 'content-digest': digest, 'signature-input': input, signature } = right.headers
    expect(digest).toBe(`sha-256=:${createHash('sha256').update(MESSAGE.body).digest('base64')}:`)
    const parameters = String(input).replace(/^renew=/, '')
    expect(parameters).toMatch(
      /^\("@method" "@path" "content-digest"\);created=1800000000;nonce="[\w-]{22}";keyid="orders";alg="hmac-sha256"$/,
    )
    const base = `"@method": POST\n"@path": /renew\n"content-digest": ${digest}\n"@signature-params": ${parameters}`
    expect(signature).toBe(`renew=:${createHmac('sha256', ORDERS).update(base).digest('base64')}:`)
  })

  it('is taken with the old key and with the new one, while a key is exchanged', () => {
    const channel = channelOf({ orders: [BILLING, ORDERS] })
    expect(channel.check(signed('orders', ORDERS), T0).kind).toBe('right')
    expect(channel.check(signed('orders', BILLING), T0).kind).toBe('right')
  })

  it.each<[string, SignedRequest]>([
    ['another method', { ...right, method: 'PUT' }],
    ['another path', { ...right, path: '/renew/' }],
    ['another body', { ...right, body: '{"token":"other"}' }],
    ['no body', { ...right, body: '' }],
    [
      'another body under the digest of the right one',
      { ...right, body: 'other', headers: { ...right.headers } },
    ],
    ['no signature', { ...right, headers: { ...right.headers, signature: undefined } }],
    ['an empty signature', { ...right, headers: { ...right.headers, signature: 'renew=::' } }],
    [
      'another signature',
      {
        ...right,
        headers: { ...right.headers, signature: `renew=:${Buffer.alloc(32).toString('base64')}:` },
      },
    ],
    ['two signatures', { ...right, headers: { ...right.headers, signature: ['a', 'b'] } }],
    ['no parameters', { ...right, headers: { ...right.headers, 'signature-input': undefined } }],
    ['another time', withInput(right, /created=\d+/, `created=${T0 / 1000 + 1}`)],
    ['another nonce', withInput(right, /nonce="[^"]+/, `nonce="${'A'.repeat(22)}`)],
    ['another server', withInput(right, 'orders', 'billing')],
    ['an unknown server', withInput(right, 'orders', 'nobody')],
    ['a server with the name of a property', withInput(right, 'orders', '__proto__')],
    ['another algorithm', withInput(right, 'hmac-sha256', 'none')],
    ['fewer components', withInput(right, ' "content-digest"', '')],
    ['more parameters', withInput(right, /$/, ';expires=9999999999')],
    ['the key of another server', signed('billing', ORDERS)],
  ])('with %s is nobody’s', (_, request) => {
    expect(channelOf().check(request, T0)).toEqual({ kind: 'refused', reason: 'signature' })
  })

  it.each([
    [-31, 'refused'],
    [-30, 'right'],
    [30, 'right'],
    [31, 'refused'],
  ])('that was made %d seconds from now is %s', (seconds, kind) => {
    const checked = channelOf().check(signed('orders', ORDERS, T0 + seconds * SECOND), T0)
    expect(checked.kind).toBe(kind)
    if (kind === 'refused') expect(checked).toEqual({ kind, reason: 'stale' })
  })

  it('is taken once, for as long as it is not stale', () => {
    const channel = channelOf()
    const [early, late] = [signed('orders', ORDERS, T0 + 30 * SECOND), signed()]
    for (const request of [early, late]) expect(channel.check(request, T0).kind).toBe('right')
    for (const [request, seconds, reason] of [
      [late, 0, 'replayed'],
      [late, 30, 'replayed'],
      [late, 31, 'stale'],
      [early, 31, 'replayed'],
      [early, 60, 'replayed'],
      [early, 61, 'stale'],
    ] as const) {
      expect(channel.check(request, T0 + seconds * SECOND)).toEqual({ kind: 'refused', reason })
    }
  })

  it('is refused where its server sent too many, until these are stale', () => {
    const channel = new Channel(readSharedKeys('resources', { orders: ORDERS, billing: BILLING }), 2)
    for (let sent = 0; sent < 2; sent += 1) expect(channel.check(signed(), T0).kind).toBe('right')
    expect(channel.check(signed(), T0)).toEqual({ kind: 'refused', reason: 'flood' })
    expect(channel.check(signed('billing', BILLING), T0).kind).toBe('right')
    const at = T0 + 31 * SECOND
    expect(channel.check(signed('orders', ORDERS, at), at).kind).toBe('right')
  })

  it('of a stranger is not remembered', () => {
    const channel = channelOf()
    const forged = { ...right, headers: { ...right.headers, signature: 'renew=:x:' } }
    expect(channel.check(forged, T0).kind).toBe('refused')
    expect(channel.check(right, T0).kind).toBe('right')
  })
})

describe('the keys of servers', () => {
  it.each([
    ['a list', [ORDERS], 'a list'],
    ['a text', ORDERS, expect.any(String)],
    ['null', null, 'null'],
    ['a short key', { orders: 'x'.repeat(31) }, 'a key of 31 bytes'],
    ['a short one of two', { orders: [ORDERS, 'short'] }, 'a key of 5 bytes'],
    ['a key that is no text', { orders: 42 }, 'a key of 0 bytes'],
    ['no key', { orders: [] }, 'no key'],
    ['one key for two', { orders: ORDERS, billing: ORDERS }, 'one key twice'],
    ['one key twice', { orders: [ORDERS, ORDERS] }, 'one key twice'],
    ['an audience that cannot be written', { 'or"ders': ORDERS }, '"or\\"ders"'],
    ['an empty audience', { '': ORDERS }, '""'],
  ])('are refused: %s', (_, resources, got) => {
    expect(() => readSharedKeys('resources', resources)).toThrow(
      expect.objectContaining({ option: 'resources', got }),
    )
  })

  it('may have exactly 32 bytes, and none need be there', () => {
    expect(readSharedKeys('resources', { orders: 'x'.repeat(32) }).size).toBe(1)
    expect(readSharedKeys('resources', {}).size).toBe(0)
  })
})
