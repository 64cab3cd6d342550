import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { ERRORS } from '../../../src/index.ts'
import { startBench } from '../support.ts'
import { document, escapeStep, expectSchema, OPERATIONS } from './contract.ts'
import { routesOf } from './routes-of.ts'

describe('the OpenAPI document', () => {
  it('has every route of the router, and no other', async () => {
    const { app } = await startBench()
    expect(routesOf(app, Object.keys(document.paths))).toEqual([...OPERATIONS].sort())
  })

  it('is served as it is made, to anybody', async () => {
    const { app } = await startBench()
    const answer = await request(app).get('/openapi.json')
    expect([answer.status, answer.type]).toEqual([200, 'application/json'])
    expect(answer.body).toEqual(document)
    expect(answer.body.openapi).toBe('3.1.1')
  })

  it('names every error code, with an example of its problem', () => {
    const codes = Object.values<{
      content: Record<string, { examples: Record<string, { value: unknown }> }>
    }>(document.components.responses).flatMap(({ content }) =>
      Object.entries(content['application/problem+json']?.examples ?? {}),
    )
    expect([...new Set(codes.map(([code]) => code))].sort()).toEqual(Object.keys(ERRORS).sort())
    for (const [code, { value }] of codes) expect(value).toMatchObject({ code })
  })

  it('says of a number in a query what is taken', () => {
    const limit = document.paths['/admin/users'].get.parameters.find(
      ({ name }: { name?: string }) => name === 'limit',
    )
    expect(limit).toMatchObject({
      in: 'query',
      schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
    })
  })

  it.each(OPERATIONS)('has examples that are right: %s', (operation) => {
    const [method = '', path = ''] = operation.split(' ')
    const at = `/paths/${escapeStep(path)}/${method.toLowerCase()}`
    const { requestBody, responses } = document.paths[path][method.toLowerCase()]
    const places = [
      [`${at}/requestBody`, requestBody],
      ...Object.entries(responses).map(
        ([status, response]) => [`${at}/responses/${status}`, response] as const,
      ),
    ] as const
    for (const [place, holder] of places) {
      for (const [type, { example }] of Object.entries<{ example?: unknown }>(holder?.content ?? {})) {
        if (example !== undefined) {
          expectSchema(`${place}/content/${escapeStep(type)}/schema`, example, `${operation} ${type}`)
        }
      }
    }
  })

  it('asks for a token where the route does', async () => {
    const { app } = await startBench()
    for (const operation of OPERATIONS) {
      const [method = '', path = ''] = operation.split(' ')
      const { security } = document.paths[path][method.toLowerCase()]
      const send = request(app)[method.toLowerCase() as 'get'](path.replace(/\{\w+\}/, 'x'))
      const isAsked = (await send).body?.code === 'token_missing'
      expect([operation, isAsked]).toEqual([operation, security.length > 0])
    }
  })
})
