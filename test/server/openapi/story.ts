import request, { type Response } from 'supertest'
import { expect } from 'vitest'
import { PASSWORD, type startPopulatedBench } from '../support.ts'
import { expectDocumented } from './contract.ts'

export type PopulatedBench = Awaited<ReturnType<typeof startPopulatedBench>>
type Body = Readonly<Record<string, unknown>>

/** Sends a request to a documented operation, and holds the answer against the document. */
export function asker({ app }: Pick<PopulatedBench, 'app'>) {
  const asked = new Set<string>()
  return {
    asked,
    async ask(operation: string, { as, path, body }: Asked = {}): Promise<Response> {
      const [method = '', template = ''] = operation.split(' ')
      const send = request(app)[method.toLowerCase() as 'get'](path ?? template)
      if (as !== undefined) send.set(as.headers)
      const answer = await (body === undefined ? send : send.send(body))
      expectDocumented(operation, answer)
      asked.add(`${operation} ${answer.status}`)
      return answer
    },
  }
}

export interface Asked {
  readonly as?: { readonly headers: Record<string, string> } | undefined
  /** Default: that of the operation, which then has no parameters. */
  readonly path?: string
  readonly body?: Body
}

/** The password that is set in the story. */
export const NEW_PASSWORD = 'another fine password'

/** Asks for everything that can be asked, each answered well; answers with the operations that were. */
export async function tellStory(bench: PopulatedBench): Promise<string[]> {
  const { root, ada } = bench
  const { ask, asked } = asker(bench)
  await ask('POST /login', { body: { username: 'ada', password: PASSWORD } })
  await ask('GET /me', { as: ada })
  await ask('GET /verify', { as: ada })
  const { body } = await ask('GET /me/sessions', { as: ada })
  const other = body.sessions.find(({ current }: { current: boolean }) => !current).jti
  await ask('DELETE /me/sessions/{jti}', { as: ada, path: `/me/sessions/${other}` })
  await ask('PUT /me/password', {
    as: ada,
    body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
  })
  const created = await ask('POST /admin/users', {
    as: root,
    body: { username: 'carl', password: PASSWORD, role: 'admin' },
  })
  const { location } = created.headers
  await ask('GET /admin/users/{id}', { as: root, path: location as string })
  await ask('PATCH /admin/users/{id}', { as: root, path: location as string, body: { role: 'user' } })
  await ask('GET /admin/users', { as: root, path: '/admin/users?limit=1' })
  await ask('GET /admin/users/{id}/sessions', { as: root, path: `/admin/users/${ada.id}/sessions` })
  await ask('GET /admin/overview', { as: root })
  await ask('DELETE /admin/sessions/{jti}', { as: root, path: `/admin/sessions/${ada.jti}` })
  await ask('DELETE /admin/users/{id}/sessions', { as: root, path: `/admin/users/${ada.id}/sessions` })
  await bench.audit.settled()
  const { body: trail } = await ask('GET /admin/events', { as: root })
  expect(trail.events.length).toBeGreaterThan(5)
  await ask('DELETE /me/sessions', { as: root, path: '/me/sessions?except=current' })
  await ask('POST /logout', { as: root })
  await ask('POST /renew', { body: { token: 'a', client: { ip: '::1', userAgent: 'curl' } } })
  for (const path of [
    '',
    'healthz',
    'readyz',
    'metrics',
    'openapi.json',
    'docs',
    'docs/errors',
    'console/',
    '.well-known/jwks.json',
  ]) {
    await ask(`GET /${path}`)
  }
  return [...new Set([...asked].map((entry) => entry.split(' ').slice(0, 2).join(' ')))]
}
