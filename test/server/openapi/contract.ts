import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Response } from 'supertest'
import { expect } from 'vitest'
import { openApiDocument } from '../../../src/server/openapi/document.ts'

export const document = JSON.parse(JSON.stringify(openApiDocument()))

/** Every operation, such as `GET /me`. */
export const OPERATIONS: readonly string[] = Object.entries<object>(document.paths).flatMap(
  ([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
)

/** Headers that are worth documenting; of others nobody is told. */
const TOLD = [
  'x-jwt',
  'x-request-id',
  'www-authenticate',
  'retry-after',
  'location',
  'x-user',
  'x-role',
  'x-session',
  'x-problem',
]

const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema(document, 'document')

interface Described {
  readonly headers?: Readonly<Record<string, { readonly required?: boolean; readonly $ref?: string }>>
  readonly content?: Readonly<Record<string, unknown>>
}

/** Holds a real answer against the document: status, headers, type and body. */
export function expectDocumented(operation: string, answer: Response): void {
  const [method = '', path = ''] = operation.split(' ')
  const responses = document.paths[path][method.toLowerCase()].responses
  expect(Object.keys(responses), `${operation} answered`).toContain(`${answer.status}`)
  const { at, value } = resolve(
    `/paths/${escapeStep(path)}/${method.toLowerCase()}/responses/${answer.status}`,
  )
  expectHeaders(operation, answer, value)
  expectBody(operation, answer, value, at)
}

function expectHeaders(
  operation: string,
  { headers }: Response,
  { headers: described = {} }: Described,
): void {
  const names = Object.keys(described).map((name) => name.toLowerCase())
  const sent = TOLD.filter((name) => headers[name] !== undefined)
  expect(names, operation).toEqual(expect.arrayContaining(sent))
  const required = Object.entries(described).filter(
    ([, header]) => (header.$ref ? resolve(header.$ref.slice(1)).value : header).required,
  )
  expect(sent, operation).toEqual(expect.arrayContaining(required.map(([name]) => name.toLowerCase())))
}

function expectBody(operation: string, answer: Response, { content }: Described, at: string): void {
  if (content === undefined) {
    expect(answer.text, operation).toBe('')
    return
  }
  expect(Object.keys(content), operation).toEqual([answer.type])
  const body =
    answer.type === 'text/html' || answer.type === 'text/plain' ? answer.text : JSON.parse(answer.text)
  expectSchema(`${at}/content/${escapeStep(answer.type)}/schema`, body, `${operation} ${answer.status}`)
}

/** Holds a value against the schema at a place of the document. */
export function expectSchema(at: string, value: unknown, what: string): void {
  const validate = ajv.compile({ $ref: `document#${at}` })
  validate(value)
  expect(validate.errors, what).toBeNull()
}

/** What stands at a place of the document, and where that is, once references are followed. */
function resolve(place: string): { readonly at: string; readonly value: Described & { required?: boolean } } {
  const value = place
    .split('/')
    .slice(1)
    .reduce((part, step) => part[decodeURIComponent(step).replaceAll('~1', '/')], document)
  return typeof value.$ref === 'string' ? resolve(value.$ref.slice(1)) : { at: place, value }
}

/** A key as a step of a JSON pointer in a URI. */
export function escapeStep(step: string): string {
  return step.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')
}
