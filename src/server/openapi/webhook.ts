import { z } from 'zod'
import type { ZodOpenApiOperationObject } from 'zod-openapi'
import { webhookMessage } from './answers.ts'
import { EVENT } from './examples.ts'

const { id: _id, at: timestamp, type, ...data } = EVENT

/** What the server asks of the receiver of audit events. */
export const webhookOperation: ZodOpenApiOperationObject = {
  operationId: 'receiveAuditEvent',
  tags: ['Operation'],
  summary: 'An audit event',
  description:
    'Sent to `AUDIT_WEBHOOK_URL`, in the form of Standard Webhooks. What is not answered with a 2xx is sent again, under the same id.',
  requestParams: {
    header: z.object({
      'webhook-id': z.string().meta({ description: 'The same at every attempt.' }),
      'webhook-timestamp': z.string().meta({ description: 'Of the attempt, in seconds since 1970.' }),
      'webhook-signature': z.string().meta({
        description:
          '`v1,` and the HMAC-SHA256 of `<webhook-id>.<webhook-timestamp>.<body>` in base64; the key is the secret.',
      }),
    }),
  },
  requestBody: {
    required: true,
    content: { 'application/json': { schema: webhookMessage, example: { type, timestamp, data } } },
  },
  responses: { 204: { description: 'It was received; any other 2xx says so too.' } },
}
