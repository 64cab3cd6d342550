import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi'
import { VERSION } from '../version.ts'
import { operation, type Route } from './operation.ts'
import { adminRoutes } from './routes-admin.ts'
import { operationRoutes } from './routes-operation.ts'
import { ownRoutes } from './routes-own.ts'
import { webhookOperation } from './webhook.ts'

export type OpenApiDocument = ReturnType<typeof createDocument>

const DESCRIPTION = [
  'Sessions with one token only. Send the token as `Authorization: Bearer …`, and keep the value of the latest `X-JWT` header: any answer may bring a new one, an error too.',
  'Every error is a problem document (RFC 9457) whose `code` is one of a closed list. Times are ISO 8601 in UTC.',
].join('\n\n')

/** The OpenAPI 3.1 document of the server, made from the schemas that check its requests. */
export function openApiDocument(): OpenApiDocument {
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'sliding-jwt',
      version: VERSION,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    tags: [
      { name: 'Session', description: 'Log in, log out, and who is logged in.' },
      { name: 'Devices', description: 'The own sessions, one for each device.' },
      { name: 'Administration', description: 'Users, their sessions, and the audit trail.' },
      { name: 'Operation', description: 'What runs, and how well.' },
    ],
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The latest token of the session. An expired one is answered, and renewed.',
        },
      },
    },
    webhooks: { auditEvent: { post: webhookOperation } },
    paths: pathsOf({ ...ownRoutes, ...adminRoutes, ...operationRoutes }),
  })
}

/** From `GET /me` to `{'/me': {get: …}}`. */
function pathsOf(routes: Readonly<Record<string, Route>>): ZodOpenApiPathsObject {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [key, route] of Object.entries(routes)) {
    const [method = '', path = ''] = key.split(' ')
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(route) }
  }
  return paths
}
