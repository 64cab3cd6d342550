import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { EVENT_TYPES } from '../../src/server/audit.ts'
import { createLogger } from '../../src/server/logging.ts'
import { signedHeaders } from '../../src/server/webhook/signature.ts'
import { Webhook } from '../../src/server/webhook/webhook.ts'
import { expectSchema } from '../server/openapi/contract.ts'

const page = readFileSync(new URL('../../docs/webhook.md', import.meta.url), 'utf8')
const [, shown = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? []
const [, code = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? []

it('docs/webhook.md shows what the server sends', async () => {
  const { type, timestamp, data } = JSON.parse(shown)
  const bodies: string[] = []
  const receiver = createServer(async (req, res) => {
    bodies.push(await text(req))
    res.end()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void receiver.close())
  await once(receiver, 'listening')
  const webhook = new Webhook({
    url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
    secret: 'a secret of the webhook, 32 bytes or more',
    logger: createLogger('fatal'),
    now: Date.now,
    onResult: () => undefined,
  })
  webhook.send({ type, at: Date.parse(timestamp), ...data })
  await webhook.close()
  expect(bodies).toEqual([JSON.stringify(JSON.parse(shown))])
  expect(EVENT_TYPES).toContain(type)
  expectSchema('/components/schemas/WebhookMessage', JSON.parse(shown), 'docs/webhook.md')
})

it('docs/webhook.md verifies what the server signs, and nothing else', async () => {
  const { isOurs } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)
  const secret = 'a secret of the webhook, 32 bytes or more'
  const now = 1_800_000_000_000
  const body = '{"type":"session.reused"}'
  const headers = signedHeaders({ id: 'evt_1', timestamp: now / 1000, body }, secret)
  expect(isOurs(headers, body, secret, now)).toBe(true)
  expect(isOurs(headers, `${body} `, secret, now)).toBe(false)
  expect(isOurs(headers, body, `${secret}!`, now)).toBe(false)
  expect(isOurs(headers, body, secret, now + 600_000)).toBe(false)
  expect(isOurs({}, body, secret, now)).toBe(false)
  expect(isOurs({ ...headers, 'webhook-id': 'evt_2' }, body, secret, now)).toBe(false)
})
