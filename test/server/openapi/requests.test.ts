import request from 'supertest'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ZodType } from 'zod'
import { createSchema } from 'zod-openapi'
import { readKeys } from '../../../src/channel/shared-keys.ts'
import { signMessage } from '../../../src/channel/signature.ts'
import type { Route } from '../../../src/server/openapi/operation.ts'
import { adminRoutes } from '../../../src/server/openapi/routes-admin.ts'
import { operationRoutes } from '../../../src/server/openapi/routes-operation.ts'
import { ownRoutes } from '../../../src/server/openapi/routes-own.ts'
import { T0 } from '../../support/records.ts'
import { startBench, startPopulatedBench } from '../support.ts'
import { document, OPERATIONS } from './contract.ts'
import { asker } from './story.ts'

const ROUTES: Readonly<Record<string, Route>> = { ...ownRoutes, ...adminRoutes, ...operationRoutes }
const schemaOf = (operation: string) =>
  (ROUTES[operation]?.body?.schema ?? ROUTES[operation]?.query) as ZodType

/** These are the library's, which has no schemas, and reads by hand. */
const BY_HAND = ['DELETE /me/sessions', 'POST /renew']
const READING = OPERATIONS.filter((operation) => schemaOf(operation) !== undefined)
const CHECKED = READING.filter((operation) => !BY_HAND.includes(operation))

/** The schemas of a body and of a query as the document has them; undefined where there is none. */
function documentedIn(operation: string) {
  const [method = '', path = ''] = operation.split(' ')
  const { requestBody, parameters } = document.paths[path][method.toLowerCase()]
  const query = parameters.filter((parameter: { in?: string }) => parameter.in === 'query')
  return {
    body: requestBody?.content['application/json'].schema,
    query:
      query.length === 0
        ? undefined
        : Object.fromEntries(
            query.map(({ name, schema }: { name: string; schema: object }) => [name, schema]),
          ),
  }
}

describe('the bodies and queries of the document', () => {
  it('are those of the routes, and of no other', () => {
    const documented = OPERATIONS.filter((operation) => {
      const { body, query } = documentedIn(operation)
      return (body ?? query) !== undefined
    })
    expect(documented).toEqual(READING)
    expect(CHECKED).toHaveLength(6)
  })

  it.each(READING)('are made of its schema: %s', (operation) => {
    const { schema, components } = createSchema(schemaOf(operation), { io: 'input' })
    const { body, query } = documentedIn(operation)
    if (body === undefined) expect(query).toEqual((schema as { properties: object }).properties)
    else expect(body).toEqual(schema)
    expect(document.components.schemas).toMatchObject(components)
  })

  it.each(CHECKED)('are the very schema that checks: %s', async (operation) => {
    const bench = await startPopulatedBench()
    const checks = vi.spyOn(schemaOf(operation), 'safeParse')
    onTestFinished(() => checks.mockRestore())
    const path = operation.split(' ')[1]?.replace(/\{\w+\}/, 'none')
    const body = ROUTES[operation]?.body?.example as Record<string, unknown> | undefined
    await asker(bench).ask(operation, {
      as: bench.root,
      path: body === undefined ? `${path}?limit=7` : `${path}`,
      ...(body && { body }),
    })
    expect(checks.mock.calls.map(([checked]) => checked)).toEqual([body ?? { limit: '7' }])
  })

  it.each([
    {},
    { except: 'current' },
    { except: 'all' },
    { except: '' },
    { except: ['current', 'current'] },
    { other: '1' },
  ])('are what is read by hand: DELETE /me/sessions, %j', async (query) => {
    const { app, ada } = await startPopulatedBench()
    const { body } = await request(app).delete('/me/sessions').query(query).set(ada.headers)
    const isRight = schemaOf('DELETE /me/sessions').safeParse(query).success
    expect(body).toEqual(
      isRight ? { revoked: expect.any(Number) } : expect.objectContaining({ code: 'body_invalid' }),
    )
  })

  const CLIENT = { ip: '::1', userAgent: 'curl' }
  it.each([
    { token: 'a', client: CLIENT },
    { token: 'a', client: CLIENT, strict: true },
    { token: 'a', client: CLIENT, strict: 'true' },
    { token: 'a', client: CLIENT, other: 1 },
    { token: 1, client: CLIENT },
    { client: CLIENT },
    { token: 'a' },
    { token: 'a', client: null },
    { token: 'a', client: { ip: '::1' } },
    { token: 'a', client: { userAgent: 'curl' } },
  ])('are what is read by hand: POST /renew, %j', async (question) => {
    const orders = 'the key of orders, which has 32 bytes or more'
    const { app } = await startBench({ policy: { resources: { orders } } })
    const [key] = readKeys('key', orders)
    const body = JSON.stringify(question)
    const signature = signMessage({ method: 'POST', path: '/renew', body }, 'orders', key as never, T0)
    const answer = await request(app)
      .post('/renew')
      .set({ ...signature })
      .type('json')
      .send(body)
    expect(answer.status).toBe(schemaOf('POST /renew').safeParse(question).success ? 200 : 400)
  })
})
