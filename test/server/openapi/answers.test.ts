import { describe, expect, it, vi } from 'vitest'
import { ERRORS } from '../../../src/index.ts'
import { DAY, HOUR, MINUTE, T0 } from '../../support/records.ts'
import { addUser, bearer, logIn, PASSWORD, startPopulatedBench, WRONG } from '../support.ts'
import { OPERATIONS } from './contract.ts'
import { type Asked, asker, tellStory } from './story.ts'

describe('real answers', () => {
  it('are those of the document, for every operation', async () => {
    const bench = await startPopulatedBench()
    const operations = await tellStory(bench)
    expect([...operations].sort()).toEqual([...OPERATIONS].sort())
  })

  /** What ends the session of the request itself brings no new token for it. */
  const ENDING = ['POST /logout', 'DELETE /me/sessions']
  const ONES = OPERATIONS.filter((operation) => /\/(me|verify|logout|admin)(\/|$)/.test(operation))
  it.each(ONES)('with a new token: %s', async (operation) => {
    const bench = await startPopulatedBench()
    bench.clock.now = T0 + HOUR
    const path = operation.split(' ')[1]?.replace(/\{\w+\}/, 'none') ?? ''
    const answer = await asker(bench).ask(operation, { as: bench.root, path, body: { password: 'x' } })
    expect(answer.headers['x-jwt'] !== undefined).toBe(!ENDING.includes(operation) && answer.status !== 401)
  })

  it('of refusals too: whatever the reason', async () => {
    const bench = await startPopulatedBench({ policy: { fingerprint: 'strict' } })
    const { root, ada } = bench
    const { ask } = asker(bench)
    const codes = new Set<string>()
    const refused = async (operation: string, asked: Asked) => {
      codes.add((await ask(operation, asked)).body.code)
    }
    await refused('GET /me', {})
    await refused('GET /me', { as: { headers: { Authorization: 'Bearer x y' } } })
    await refused('GET /me', { as: { headers: bearer(`${ada.token.slice(0, -8)}AAAAAAAA`) } })
    await refused('GET /admin/users', { as: ada })
    await refused('GET /admin/users', { as: root, path: '/admin/users?limit=0' })
    await refused('POST /admin/users', { as: root, body: { username: 'ada', password: PASSWORD } })
    await refused('PATCH /admin/users/{id}', {
      as: root,
      path: `/admin/users/${root.id}`,
      body: { disabled: true },
    })
    await refused('GET /admin/users/{id}', { as: root, path: '/admin/users/none' })
    await refused('PUT /me/password', { as: ada, body: { currentPassword: WRONG, newPassword: PASSWORD } })
    await refused('POST /login', { body: { username: 'x'.repeat(20_000), password: 'x' } })
    for (let attempt = 0; attempt < 11; attempt += 1) {
      await refused('POST /login', { body: { username: 'nobody', password: WRONG } })
    }
    bench.clock.now = T0 + HOUR
    await refused('GET /me', { as: { headers: { ...ada.headers, 'User-Agent': 'curl/8' } } })
    await refused('DELETE /me/sessions', { as: ada, path: '/me/sessions?except=all' })
    await bench.sessions.revoke(ada.jti)
    await refused('GET /verify', { as: ada })
    await bench.sessions.prune()
    await refused('POST /logout', { as: ada })
    const again = await logIn(bench, 'ada')
    await bench.database.users.update(ada.id, { disabled: true }, bench.clock.now)
    bench.clock.now += HOUR
    await refused('GET /me', { as: again })
    await addUser(bench, 'carl')
    const idle = await logIn(bench, 'carl')
    await addUser(bench, 'dora')
    const stolen = await logIn(bench, 'dora')
    bench.clock.now += HOUR
    const { headers } = await ask('GET /me', { as: stolen })
    await ask('GET /me', { as: { headers: bearer(String(headers['x-jwt'])) } })
    bench.clock.now += 2 * MINUTE
    await refused('GET /me', { as: stolen })
    bench.clock.now += 8 * DAY
    await refused('GET /me', { as: idle })
    await refused('GET /me', { as: root })
    bench.clock.now += 30 * DAY
    await refused('GET /me', { as: idle })
    vi.spyOn(bench.users, 'find').mockRejectedValue(new TypeError('the inside'))
    await refused('GET /me', { as: await logIn(bench, 'carl') })
    await bench.database.close()
    await refused('GET /readyz', {})
    await refused('POST /login', { body: { username: 'carl', password: PASSWORD } })
    expect([...codes].sort()).toEqual(Object.keys(ERRORS).sort())
  })
})
