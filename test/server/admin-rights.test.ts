import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { addUser, asRoot, type Method, PASSWORD, startPopulatedBench } from './support.ts'

describe('who may use /admin', () => {
  const ROUTES: readonly [Method, string][] = [
    ['get', '/admin/users'],
    ['post', '/admin/users'],
    ['get', '/admin/users/id-of-root'],
    ['patch', '/admin/users/id-of-root'],
    ['get', '/admin/users/id-of-root/sessions'],
    ['delete', '/admin/users/id-of-root/sessions'],
    ['delete', '/admin/sessions/AAAAAAAAAAAAAAAAAAAAAA'],
    ['get', '/admin/events'],
    ['get', '/admin/overview'],
  ]

  it.each(ROUTES)('%s %s: nobody without a token', async (method, path) => {
    const { app } = await startPopulatedBench()
    const answer = await request(app)[method](path)
    expect([answer.status, answer.body.code]).toEqual([401, 'token_missing'])
  })

  it.each(ROUTES)('%s %s: no user without the role', async (method, path) => {
    const { app, ada } = await startPopulatedBench()
    const answer = await request(app)[method](path).set(ada.headers).send({ role: 'user' })
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden'])
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="sliding-jwt", error="insufficient_scope"')
  })

  it.each(ROUTES)('%s %s: no admin who was demoted a moment ago', async (method, path) => {
    const bench = await startPopulatedBench()
    await addUser(bench, 'boss', 'admin')
    await bench.users.update(bench.root.id, { role: 'user' })
    const answer = await asRoot(bench, method, path)
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden'])
    await request(bench.app).get('/me').set(bench.root.headers).expect(200)
  })

  it('a user who was promoted a moment ago', async () => {
    const { app, users, ada } = await startPopulatedBench()
    await users.update(ada.id, { role: 'admin' })
    await request(app).get('/admin/users').set(ada.headers).expect(200)
  })
})

describe('an id that nobody has', () => {
  it.each<[Method, string, object?]>([
    ['get', '/admin/users/nobody'],
    ['get', '/admin/users/%E0%A4%A'],
    ['get', '/admin/users/%00'],
    ['patch', '/admin/users/nobody', { role: 'user' }],
    ['patch', '/admin/users/nobody', { password: PASSWORD }],
    ['get', '/admin/users/nobody/sessions'],
    ['delete', '/admin/users/nobody/sessions'],
    ['delete', '/admin/sessions/nobody'],
    ['delete', '/admin/sessions/AAAAAAAAAAAAAAAAAAAAAA'],
    ['get', '/admin/nothing'],
  ])('%s %s is 404', async (method, path, body) => {
    const answer = await asRoot(await startPopulatedBench(), method, path, body)
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found'])
  })
})
