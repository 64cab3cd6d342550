import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { signedHeaders } from '../../src/server/webhook/signature.ts'

const page = readFileSync(new URL('../../docs/webhook.md', import.meta.url), 'utf8')
const [, code = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? []

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
