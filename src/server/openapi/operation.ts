import { z } from 'zod'
import type {
  ZodOpenApiExampleObject,
  ZodOpenApiOperationObject,
  ZodOpenApiResponseObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi'
import { ERRORS, type ErrorCode, problemOf } from '../../index.ts'
import { problem } from './answers.ts'
import { challenge, headers, renewedToken, requestId, retryAfter } from './headers.ts'

/** What a route is, in the words of this server; `operation` makes OpenAPI of it. */
export interface Route {
  /** The name of the operation in generated clients. */
  readonly name: string
  readonly tag: Tag
  readonly summary: string
  readonly description?: string
  /** Who may call it. With `user` and `admin` a token is needed, and can be renewed by any answer. */
  readonly access: 'anybody' | 'user' | 'admin'
  readonly path?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: { readonly schema: z.ZodType; readonly example: unknown }
  readonly answer: Answer
  /** Headers of its refusals, beside those that any route's have. */
  readonly refusalHeaders?: z.ZodRawShape
  /** What it can be refused with, beside what follows from `access` and `body`, and what any route can answer. */
  readonly codes?: readonly ErrorCode[]
}

export type Tag = 'Session' | 'Devices' | 'Administration' | 'Operation'

/** What a route answers when all is well. */
export interface Answer {
  readonly status: 200 | 201 | 204 | 302
  readonly description: string
  /** Default `application/json`. */
  readonly type?: string
  /** None where there is no body. */
  readonly schema?: z.ZodType
  readonly example?: unknown
  readonly headers?: z.ZodRawShape
}

/** The codes with which a token is refused. */
const REFUSALS = (Object.keys(ERRORS) as ErrorCode[]).filter(
  (code) => ERRORS[code].status === 401 && code !== 'credentials_invalid',
)

/** One operation of the document. */
export function operation(route: Route): ZodOpenApiOperationObject {
  const { name, tag, summary, description, access, path, query, body } = route
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: access === 'anybody' ? [] : [{ token: [] }],
    requestParams: {
      header: z.object({ 'X-Request-Id': requestId }),
      ...(path && { path }),
      ...(query && { query }),
    },
    ...(body && { requestBody: requestBody(body) }),
    responses: { [`${route.answer.status}`]: success(route), ...refusals(route) },
  }
}

function requestBody({ schema, example }: NonNullable<Route['body']>) {
  return { required: true, content: { 'application/json': { schema, example } } }
}

function success({ answer, access }: Route): ZodOpenApiResponseObject {
  const { description, type = 'application/json', schema, example } = answer
  return {
    description,
    headers: headers({ ...(access !== 'anybody' && { 'X-JWT': renewedToken }), ...answer.headers }),
    ...(schema && { content: { [type]: { schema, ...(example !== undefined && { example }) } } }),
  }
}

/** One response for each status, with all codes of that status. */
function refusals(route: Route): ZodOpenApiResponsesObject {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of codesOf(route)) {
    const { status } = ERRORS[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  const responses = [...byStatus].sort(([one], [other]) => one - other)
  return Object.fromEntries(responses.map(([status, codes]) => [status, refusal(codes, route)]))
}

function codesOf({ access, body, query, codes = [] }: Route): ReadonlySet<ErrorCode> {
  return new Set<ErrorCode>([
    ...(access === 'anybody' ? [] : REFUSALS),
    ...(access === 'admin' ? ['forbidden' as const] : []),
    ...(body || query ? ['body_invalid' as const] : []),
    ...(body ? ['payload_too_large' as const] : []),
    ...codes,
    'internal',
    'unavailable',
  ])
}

/** What many routes answer alike stands in the document once. */
const shared = new Map<string, ZodOpenApiResponseObject>()

function refusal(
  codes: readonly ErrorCode[],
  { access, name, refusalHeaders }: Route,
): ZodOpenApiResponseObject {
  const own = codes.filter((code) => !REFUSALS.includes(code))
  const canCarryToken = access !== 'anybody' && own.length > 0
  const id = [
    ...(own.length < codes.length ? ['token_refused'] : []),
    ...own,
    ...(canCarryToken ? ['renewed'] : []),
    ...(refusalHeaders ? [name] : []),
  ].join('.')
  const response =
    shared.get(id) ??
    newRefusal(id, codes, { ...(canCarryToken && { 'X-JWT': renewedToken }), ...refusalHeaders })
  shared.set(id, response)
  return response
}

function newRefusal(id: string, codes: readonly ErrorCode[], own: z.ZodRawShape): ZodOpenApiResponseObject {
  const { status } = problemOf(codes[0] ?? 'internal')
  return {
    id,
    description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}.`).join('\n'),
    headers: headers({
      ...((status === 401 || status === 403) && { 'WWW-Authenticate': challenge }),
      ...((status === 429 || status === 503) && { 'Retry-After': retryAfter }),
      ...own,
    }),
    content: { 'application/problem+json': { schema: problem(codes), examples: examplesOf(codes) } },
  }
}

function examplesOf(codes: readonly ErrorCode[]): Record<string, ZodOpenApiExampleObject> {
  return Object.fromEntries(codes.map((code) => [code, { value: problemOf(code) }]))
}
