import { createHmac } from 'node:crypto'

/** What a delivery is signed over, and by which headers (Standard Webhooks 1.0.0). */
export interface Delivery {
  /** The same at every attempt: a receiver that knows it has had it. */
  readonly id: string
  /** Of the attempt, in seconds since 1970: a receiver refuses what is old. */
  readonly timestamp: number
  readonly body: string
}

/**
 * The headers that prove where a delivery comes from: `webhook-signature` is `v1,` and the HMAC-SHA256 of
 * `<id>.<timestamp>.<body>` in base64; the key is the secret's UTF-8 bytes.
 */
export function signedHeaders({ id, timestamp, body }: Delivery, secret: string): Record<string, string> {
  const mac = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')
  return {
    'Content-Type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${mac}`,
  }
}
