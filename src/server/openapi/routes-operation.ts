import { z } from 'zod'
import { okAnswer } from './answers.ts'
import type { Route } from './operation.ts'

const html = z.string()

/** What operators, monitoring and people with a browser ask for, by path and method. */
export const operationRoutes = {
  'GET /healthz': {
    name: 'health',
    tag: 'Operation',
    summary: 'The process answers',
    access: 'anybody',
    answer: { status: 200, description: 'It does.', schema: okAnswer, example: { status: 'ok' } },
  },
  'GET /readyz': {
    name: 'readiness',
    tag: 'Operation',
    summary: 'The server can do its work',
    description: 'The database answers too, and the server is not stopping; else 503.',
    access: 'anybody',
    answer: { status: 200, description: 'It can.', schema: okAnswer, example: { status: 'ok' } },
  },
  'GET /metrics': {
    name: 'metrics',
    tag: 'Operation',
    summary: 'Figures for Prometheus',
    description: 'Counters of this process, without a word on users. Keep it from strangers at the proxy.',
    access: 'anybody',
    answer: {
      status: 200,
      description: 'The text format of Prometheus.',
      type: 'text/plain',
      schema: z.string(),
      example: 'sliding_jwt_requests_total{outcome="renewed"} 42',
    },
  },
  'GET /.well-known/jwks.json': {
    name: 'jwks',
    tag: 'Operation',
    summary: 'The public keys that verify tokens',
    description: 'A JWK Set (RFC 7517). Secrets of HS256 are never in it.',
    access: 'anybody',
    answer: {
      status: 200,
      description: 'The keys of ES256 and RS256; empty where there are none.',
      type: 'application/jwk-set+json',
      schema: z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) }),
      example: { keys: [] },
    },
  },
  'POST /renew': {
    name: 'renew',
    tag: 'Operation',
    summary: 'Judge and renew a token for a resource server',
    description:
      'For servers that share a key with this one, each for its own audience; the request is signed by that key (RFC 9421).',
    access: 'anybody',
    body: {
      schema: z.object({
        token: z.string(),
        client: z.object({ ip: z.string(), userAgent: z.string() }),
        strict: z.boolean().optional(),
      }),
      example: { token: 'eyJhbGciOi…', client: { ip: '192.0.2.7', userAgent: 'curl/8.14.1' } },
    },
    answer: {
      status: 200,
      description: 'The outcome, with a new token where the session was renewed.',
      schema: z.discriminatedUnion('kind', [
        z.object({
          kind: z.literal('pass'),
          claims: z.record(z.string(), z.unknown()),
          token: z.string().optional(),
        }),
        z.object({ kind: z.literal('refuse'), code: z.string() }),
      ]),
      example: { kind: 'pass', claims: { role: 'user' } },
    },
    codes: ['forbidden', 'rate_limited'],
  },
  'GET /openapi.json': {
    name: 'openapi',
    tag: 'Operation',
    summary: 'This document',
    access: 'anybody',
    answer: {
      status: 200,
      description: 'OpenAPI 3.1.',
      schema: z.looseObject({ openapi: z.string().regex(/^3\.1\./) }),
    },
  },
  'GET /docs': {
    name: 'docs',
    tag: 'Operation',
    summary: 'This document for people',
    access: 'anybody',
    answer: { status: 200, description: 'A page without scripts.', type: 'text/html', schema: html },
  },
  'GET /docs/errors': {
    name: 'errors',
    tag: 'Operation',
    summary: 'Every error code, with cause and cure',
    description: 'The `type` of each problem document leads here.',
    access: 'anybody',
    answer: { status: 200, description: 'A page without scripts.', type: 'text/html', schema: html },
  },
  'GET /': {
    name: 'root',
    tag: 'Operation',
    summary: 'Leads to the console',
    access: 'anybody',
    answer: {
      status: 302,
      description: 'The console is there.',
      headers: {
        Location: z.string().meta({ description: 'Relative, as the server may stand below a path.' }),
      },
    },
  },
  'GET /console/': {
    name: 'console',
    tag: 'Operation',
    summary: 'The web console',
    access: 'anybody',
    answer: { status: 200, description: 'The page.', type: 'text/html', schema: html },
    codes: ['not_found'],
  },
} as const satisfies Record<string, Route>
