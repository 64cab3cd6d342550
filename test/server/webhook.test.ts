import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook as Receiver } from 'standardwebhooks'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { PAUSES_MS, QUEUE_LIMIT, Webhook, type WebhookParts } from '../../src/server/webhook/webhook.ts'
import { keptLog } from '../support/log.ts'
import { T0 } from '../support/records.ts'
import { document, expectSchema } from './openapi/contract.ts'
import { addUser, logIn, startBench } from './support.ts'

const SECRET = 'a secret of the webhook, 32 bytes or more'

const EVENT = {
  at: T0,
  type: 'session.reused',
  userId: 'ada',
  actorId: null,
  jti: 'AAAAAAAAAAAAAAAAAAAAAA',
  ip: '192.0.2.1',
  detail: { gen: 3 },
}

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A receiver that answers with the statuses it is given, then with 204; 0 cuts the connection. */
async function startReceiver(...statuses: number[]) {
  const received: Received[] = []
  const server = createServer(async (req, res) => {
    let body = ''
    for await (const chunk of req) body += chunk
    received.push({ headers: req.headers, body })
    const status = statuses.shift() ?? 204
    if (status === 0) res.destroy()
    else res.writeHead(status, { Location: '/elsewhere' }).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=hush` }
}

function startWebhook(url: string, parts: Partial<WebhookParts> = {}) {
  const results: string[] = []
  const pauses: number[] = []
  const { logger, log } = keptLog()
  const webhook = new Webhook({
    url,
    secret: SECRET,
    logger,
    now: () => Date.now(),
    onResult: (result) => void results.push(result),
    wait: async (milliseconds) => void pauses.push(milliseconds),
    ...parts,
  })
  return { webhook, results, pauses, log }
}

const settled = (list: readonly unknown[], length: number) =>
  vi.waitUntil(() => list.length >= length, { timeout: 20_000 })

describe('the audit webhook', () => {
  it('delivers an event, signed so that a receiver by the standard accepts it', async () => {
    const { received, url } = await startReceiver()
    const { webhook, results } = startWebhook(url)
    webhook.send(EVENT)
    await settled(results, 1)
    expect(results).toEqual(['delivered'])
    const { headers, body } = received[0] as Received
    const receiver = new Receiver(Buffer.from(SECRET).toString('base64'))
    expect(receiver.verify(body, headers as Record<string, string>)).toEqual({
      type: 'session.reused',
      timestamp: new Date(T0).toISOString(),
      data: {
        userId: 'ada',
        actorId: null,
        jti: 'AAAAAAAAAAAAAAAAAAAAAA',
        ip: '192.0.2.1',
        detail: { gen: 3 },
      },
    })
    expect(() => receiver.verify(body.replace('ada', 'bob'), headers as Record<string, string>)).toThrow()
  })

  it.each([
    ['refuses', 500],
    ['says that it is gone', 410],
    ['sends it elsewhere', 302],
    ['cuts the connection', 0],
  ])('tries again, under the same id, where the receiver %s', async (_what, status) => {
    const { received, url } = await startReceiver(status, status)
    const { webhook, results, pauses } = startWebhook(url)
    webhook.send(EVENT)
    await settled(results, 1)
    expect({ results, pauses }).toEqual({ results: ['delivered'], pauses: PAUSES_MS.slice(0, 2) })
    expect(received).toHaveLength(3)
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  })

  it('gives up in the end, goes on with the next, and tells no address or secret', async () => {
    const { received, url } = await startReceiver(...Array.from({ length: 6 }, () => 503))
    const { webhook, results, pauses, log } = startWebhook(url)
    webhook.send(EVENT)
    webhook.send({ ...EVENT, type: 'login.failed' })
    await settled(results, 2)
    expect({ results, pauses }).toEqual({ results: ['failed', 'delivered'], pauses: PAUSES_MS })
    expect(received.map(({ body }) => JSON.parse(body).type)).toEqual([
      ...Array.from({ length: 6 }, () => 'session.reused'),
      'login.failed',
    ])
    expect(log.join('')).toContain('could not be delivered')
    expect(log.join('')).not.toMatch(/hush|a secret/)
  })

  it('keeps a bounded number of events, in their order, and drops what is beyond', async () => {
    const { received, url } = await startReceiver(500)
    let goOn = (): void => undefined
    const wait = () => new Promise<void>((resolve) => (goOn = resolve))
    const { webhook, results, log } = startWebhook(url, { wait })
    const ip = (index: number) => ({ ...EVENT, ip: String(index) })
    for (let index = 0; index < QUEUE_LIMIT + 3; index += 1) webhook.send(ip(index))
    expect(results).toEqual(['dropped', 'dropped', 'dropped'])
    expect(log.filter((line) => line.includes('too slow'))).toHaveLength(1)
    await settled(received, 1)
    await vi.waitUntil(() => log.some((line) => line.includes('refused')))
    goOn()
    await settled(results, QUEUE_LIMIT + 3)
    expect(received.slice(1).map(({ body }) => JSON.parse(body).data.ip)).toEqual(
      Array.from({ length: QUEUE_LIMIT }, (_, index) => String(index)),
    )
  })

  it('ends its pauses when the server stops, and tries what is left once', async () => {
    const { received, url } = await startReceiver(500, 500, 500)
    const { webhook, results } = startWebhook(url, { wait: untilAborted })
    webhook.send(EVENT)
    webhook.send(EVENT)
    await settled(received, 1)
    await webhook.close()
    expect({ results, attempts: received.length }).toEqual({ results: ['failed', 'failed'], attempts: 3 })
  })

  it('gives up all that is left, in one line, where a stop has waited long enough', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    onTestFinished(() => void silent.close())
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { webhook, results, log } = startWebhook(
      `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`,
    )
    for (let count = 0; count < 50; count += 1) webhook.send(EVENT)
    const closed = webhook.close()
    await vi.advanceTimersByTimeAsync(5_000)
    await closed
    expect(results).toEqual(Array.from({ length: 50 }, () => 'failed'))
    expect(log).toHaveLength(3)
    expect(JSON.parse(log[2] ?? '')).toMatchObject({ count: 49, msg: expect.stringContaining('stop') })
  })

  it('does not let anybody wait: the login is answered while the receiver is silent', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    onTestFinished(() => silent.closeAllConnections())
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`
    const bench = await startBench({ webhook: { url, secret: SECRET } })
    await addUser(bench, 'ada')
    await logIn(bench, 'ada')
    await bench.audit.settled()
    expect(await bench.database.events.list({ limit: 10 })).toHaveLength(1)
    silent.closeAllConnections()
    silent.close()
  })

  it('tells of everything that the trail has', async () => {
    const { received, url } = await startReceiver()
    const bench = await startBench({ webhook: { url, secret: SECRET } })
    await addUser(bench, 'ada')
    const ada = await logIn(bench, 'ada')
    await bench.sessions.revoke(ada.jti)
    await settled(received, 2)
    expect(received.map(({ body }) => JSON.parse(body).type)).toEqual(['login.succeeded', 'session.revoked'])
    expect(received.map(({ body }) => body).join('')).not.toContain(ada.token)
    for (const { headers, body } of received) {
      expectSchema('/components/schemas/WebhookMessage', JSON.parse(body), 'webhook')
      const documented = document.webhooks.auditEvent.post.parameters.map(
        ({ name }: { name: string }) => name,
      )
      expect(Object.keys(headers).filter((name) => name.startsWith('webhook-'))).toEqual(documented)
    }
  })
})

function untilAborted(_milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}
