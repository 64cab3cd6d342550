import express from 'express'
import request from 'supertest'
import { expect, it, vi } from 'vitest'
import { Channel } from '../../src/channel/channel.ts'
import { type SlidingSessionOptions, slidingSession } from '../../src/index.ts'
import { testApp } from '../support/app.ts'
import { SECRET } from '../support/forge.ts'

it('a body that was read before cannot be checked: the host is told where to mount the route', async () => {
  const { app, errors } = await testApp({
    before: (app, sessions) => app.use(express.json()).post('/renew', sessions.renew()),
  })
  await request(app).post('/renew').send({ token: 'a' }).expect(500)
  expect(errors).toMatchObject([{ message: expect.stringContaining('a place before express.json()') }])
})

it('asked too often, it says so, and when to ask again', async () => {
  vi.spyOn(Channel.prototype, 'check').mockReturnValueOnce({ kind: 'refused', reason: 'flood' })
  const { app } = await testApp({ before: (app, sessions) => app.post('/renew', sessions.renew()) })
  const { body, headers } = await request(app).post('/renew').send({ token: 'a' }).expect(429)
  expect(body.code).toBe('rate_limited')
  expect(headers['retry-after']).toBe('1')
})

it.each<[string, SlidingSessionOptions['resources']]>([
  ['the audience of this server itself', { shop: 'x'.repeat(32) }],
  ['a key that signs tokens', { orders: SECRET }],
  ['one key twice', { orders: 'x'.repeat(32), billing: 'x'.repeat(32) }],
  ['a key of 5 bytes', { orders: 'short' }],
])('no resource server may have %s', async (got, resources) => {
  const opened = slidingSession({ secret: SECRET, audience: 'shop', database: ':memory:', resources })
  await expect(opened).rejects.toMatchObject({ option: 'resources', got })
})
