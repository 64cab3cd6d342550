import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { EVENT_TYPES } from '../../src/server/audit.ts'
import { T0 } from '../support/records.ts'
import { asRoot, bearer, PASSWORD, startPopulatedBench } from './support.ts'

describe('GET /admin/events', () => {
  it('tells the latest first, page by page, of the same moment too', async () => {
    const bench = await startPopulatedBench()
    for (let index = 1; index <= 5; index += 1) {
      bench.audit.record({ type: 'login.failed', userId: bench.ada.id, detail: { index } })
    }
    await bench.audit.settled()
    const pages: number[][] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `/admin/events?type=login.failed&limit=2${cursor && `&cursor=${cursor}`}`
      const { body } = await asRoot(bench, 'get', path)
      pages.push(body.events.map(({ detail }: { detail: { index: number } }) => detail.index))
      cursor = body.nextCursor
      if (pages.length === 1) bench.audit.record({ type: 'login.failed', detail: { index: 6 } })
    }
    expect(pages).toEqual([[5, 4], [3, 2], [1]])
  })

  it('tells what is recorded, and nothing else', async () => {
    const bench = await startPopulatedBench()
    const { body } = await asRoot(bench, 'get', `/admin/events?user=${bench.ada.id}`)
    expect(body).toEqual({
      events: [
        {
          id: expect.any(Number),
          at: new Date(T0).toISOString(),
          type: 'login.succeeded',
          userId: bench.ada.id,
          actorId: bench.ada.id,
          jti: bench.ada.jti,
          ip: '127.0.0.1',
          detail: { userAgent: bench.ada.headers['User-Agent'] },
        },
      ],
      users: { [bench.ada.id]: 'ada' },
      nextCursor: null,
    })
  })

  it('tells the names of everybody on the page, and of nobody else', async () => {
    const bench = await startPopulatedBench()
    await asRoot(bench, 'patch', `/admin/users/${bench.ada.id}`, { role: 'admin' })
    bench.audit.record({ type: 'user.updated', userId: 'gone' })
    await bench.audit.settled()
    const { body } = await asRoot(bench, 'get', '/admin/events?type=user.updated')
    expect(body.users).toEqual({ [bench.ada.id]: 'ada', [bench.root.id]: 'root' })
    const { body: none } = await asRoot(bench, 'get', '/admin/events?type=login.limited')
    expect(none).toEqual({ events: [], users: {}, nextCursor: null })
  })

  it('filters by user and type together', async () => {
    const bench = await startPopulatedBench()
    await asRoot(bench, 'patch', `/admin/users/${bench.ada.id}`, { disabled: true })
    const typesOf = async (query: string) => {
      const { body } = await asRoot(bench, 'get', `/admin/events?${query}`)
      return body.events.map(({ type, userId }: { type: string; userId: string }) => [type, userId])
    }
    const { ada, root } = bench
    expect(await typesOf(`user=${ada.id}&type=user.updated`)).toEqual([['user.updated', ada.id]])
    expect(await typesOf('type=login.succeeded')).toEqual([
      ['login.succeeded', ada.id],
      ['login.succeeded', root.id],
    ])
    expect(await typesOf('user=nobody')).toEqual([])
  })

  it.each([
    ['type=login', `type: takes one of ${EVENT_TYPES.join(', ')}`],
    ['type=login.failed&type=login.failed', 'type: takes one value only'],
    ['limit=0', 'limit: takes a whole number from 1 to 200'],
    ['limit=1&limit=2', 'limit: takes one value only'],
    ['cursor=x', 'cursor: '],
    ['cursor=dXNlcjpBREE', 'cursor: '],
    ['cursor=ZXZlbnQ6eA', 'cursor: '],
    ['user=1&user=2', 'user: takes one value only'],
    [`user=${'x'.repeat(65)}`, 'user: takes 64 characters at most'],
    ['since=1', 'query: takes no "since"'],
  ])('refuses ?%s', async (query, detail) => {
    const answer = await asRoot(await startPopulatedBench(), 'get', `/admin/events?${query}`)
    expect([answer.status, answer.body.code]).toEqual([400, 'body_invalid'])
    expect(answer.body.detail.startsWith(detail), answer.body.detail).toBe(true)
  })

  it('holds neither token nor password after everything that can happen', async () => {
    const bench = await startPopulatedBench()
    const { app, ada, root } = bench
    const secrets = ['another secret one', 'yet another one']
    await request(app)
      .put('/me/password')
      .set(ada.headers)
      .send({ currentPassword: PASSWORD, newPassword: secrets[0] })
    await request(app).post('/login').send({ username: 'ada', password: PASSWORD })
    await asRoot(bench, 'patch', `/admin/users/${ada.id}`, { password: secrets[1] })
    await asRoot(bench, 'post', '/admin/users', { username: 'eve', password: secrets[1] })
    await request(app).post('/logout').set(root.headers)
    await bench.audit.settled()
    const all = JSON.stringify(await bench.database.events.list({ limit: 200 }))
    for (const secret of [...secrets, PASSWORD, ada.token, root.token, 'argon2'])
      expect(all).not.toContain(secret)
    expect(bearer(ada.token).Authorization).toContain('eyJ')
    expect(all).not.toContain('eyJ')
  })
})
