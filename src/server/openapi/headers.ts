import { z } from 'zod'

/** An id of the request, in and out. */
export const requestId = z
  .string()
  .regex(/^[\w.-]{1,64}$/)
  .optional()
  .meta({
    description:
      'An id of the request, for the log: one word of at most 64 characters is kept, else a new one is made.',
    example: 'b7c1f7f0-6f7e-4f3e-9a53-0d5c2f6a5c11',
    param: { id: 'X-Request-Id' },
  })

const answeredId = z.string().meta({
  description: 'The id of the request, as it stands in the log.',
  header: { id: 'X-Request-Id' },
})

export const renewedToken = z
  .string()
  .optional()
  .meta({
    description:
      'Present where the request renewed the session: keep it in the place of the token that was sent. It comes with `Cache-Control: no-store`.',
    header: { id: 'X-JWT' },
  })

export const challenge = z.string().meta({
  description:
    'The challenge of RFC 6750: `Bearer realm="…"`, with `error="invalid_token"` unless no token was sent; with a 403 `error="insufficient_scope"`.',
  example: 'Bearer realm="sliding-jwt", error="invalid_token"',
  header: { id: 'WWW-Authenticate' },
})

export const retryAfter = z
  .string()
  .regex(/^\d+$/)
  .meta({
    description: 'Seconds to wait before the next attempt.',
    example: '30',
    header: { id: 'Retry-After' },
  })

/** The headers of an answer, and those of every answer. */
export function headers(own: z.ZodRawShape): z.ZodObject {
  return z.object({ 'X-Request-Id': answeredId, ...own })
}
