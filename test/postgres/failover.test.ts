import pg from 'pg'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openSessionStore } from '../../src/stores/open.ts'
import type { SessionStore } from '../../src/stores/store.ts'
import { type Device, generationOf, payloadOf } from '../faults/device.ts'
import { hasPostgres } from '../support/postgres.ts'
import {
  type Look,
  lineTo,
  loggedIn,
  look,
  type Node,
  type Question,
  ROOT,
  startNode,
  watch,
} from './cluster.ts'
import type { Line } from './line.ts'
import { type Pair, startPair } from './standby.ts'

const PASSED = { kind: 'answer', status: 204 }
const REVOKED = { kind: 'answer', status: 401, code: 'session_revoked' }
const UNAVAILABLE = { kind: 'answer', status: 503, code: 'unavailable' }

/** So many milliseconds, and no restart of anything, until all is well again. */
const soon = { timeout: 20_000, interval: 20 }

const statusOf = ({ reply }: Look) => (reply.kind === 'answer' ? reply.status : 0)
const jtiOf = ({ token }: Device) => payloadOf(token ?? '').jti

/** What nobody can answer without the database. */
const QUESTIONS: readonly Question[] = [
  { method: 'GET', path: '/verify' },
  { method: 'GET', path: '/me' },
  { method: 'GET', path: '/me/sessions' },
  { method: 'DELETE', path: '/me/sessions?except=current' },
  { method: 'GET', path: '/admin/users' },
  { method: 'POST', path: '/logout' },
  { method: 'POST', path: '/login', body: ROOT },
]

/** An app with a store of the library on a pool of its own, and what its connections were notified of. */
interface App {
  readonly line: Line
  readonly store: SessionStore
  readonly notifications: string[]
}

async function startPairForTest(): Promise<Pair> {
  const pair = await startPair()
  if (pair === undefined) return expect.fail('there is no PostgreSQL for this platform')
  onTestFinished(() => pair.stop())
  return pair
}

async function startApp({ primary }: Pair): Promise<App> {
  const { line, url } = await lineTo(primary)
  const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: 3_000 })
  const notifications: string[] = []
  pool.on('error', () => undefined)
  pool.on('connect', (client) => {
    client.on('notification', ({ channel }) => notifications.push(channel))
  })
  const store = await openSessionStore(pool)
  onTestFinished(async () => {
    await store.close()
    await pool.end()
  })
  return { line, store, notifications }
}

async function revoke(node: Node, by: Device, lost: Device): Promise<void> {
  const reply = await by.send(node.server.url, 'DELETE', `/me/sessions/${jtiOf(lost)}`)
  expect(reply).toMatchObject({ status: 204 })
}

/** Sends requests until one of them renews. */
async function renews({ server }: Node, device: Device): Promise<void> {
  const before = generationOf(device.token)
  await vi.waitFor(async () => {
    expect(await device.send(server.url, 'GET', '/me')).toMatchObject({ status: 200, renewed: true })
  }, soon)
  expect(generationOf(device.token)).toBe(before + 1)
}

/** Sooner or later the device gets this answer from each of these servers. */
async function becomes(nodes: readonly Node[], device: Device, reply: object): Promise<void> {
  for (const node of nodes) {
    await vi.waitFor(async () => expect(await look(node, device)).toMatchObject({ reply }), soon)
  }
}

/** Each of these devices gets this answer from each of these servers. */
async function allGet(nodes: readonly Node[], devices: readonly Device[], reply: object): Promise<void> {
  for (const node of nodes) {
    for (const device of devices) expect(await look(node, device)).toMatchObject({ reply })
  }
}

/** Without a database nothing is answered, to nobody. */
async function isUnavailable(node: Node, devices: readonly Device[]): Promise<void> {
  for (const device of devices) {
    for (const question of QUESTIONS) {
      const answer = await look(node, device, question)
      expect(answer, question.path).toMatchObject({ reply: UNAVAILABLE, retryAfter: '1' })
    }
  }
}

/** What came, one after another, since the first answer that was no pass: until then memory was right to let pass. */
async function runsOf(watching: ReturnType<typeof watch>): Promise<number[]> {
  const statuses = (await watching.stop()).map(statusOf)
  const since = statuses.slice(statuses.findIndex((status) => status !== 204))
  return since.filter((status, index) => status !== since[index - 1])
}

/** Whether memory has the session as valid or not; undefined where it has nothing that counts. */
const validIn = ({ store }: App, device: Device) => store.peek(jtiOf(device))?.valid

describe.skipIf(!hasPostgres)('a primary that dies, and a synchronous standby that takes over', () => {
  it('let nothing pass unchecked, lose nothing, and need no restart', { timeout: 60_000 }, async () => {
    const pair = await startPairForTest()
    // The tokens of the second server expire soon, those of the first do not.
    const [one, two, app] = await Promise.all([
      startNode(pair.primary),
      startNode(pair.primary, { TOKEN_TTL: '1s' }),
      startApp(pair),
    ])
    const nodes = [one, two]
    const [owner, lost, stolen] = [await loggedIn(one), await loggedIn(one), await loggedIn(one)]
    const mobile = await loggedIn(two)
    await renews(two, mobile)
    await allGet(nodes, [owner, lost, stolen], PASSED)
    await revoke(one, owner, lost)
    await becomes(nodes, lost, REVOKED)

    // The last that the primary acknowledges: a login, a renewal, a revocation.
    const late = await loggedIn(one)
    await renews(two, mobile)
    await revoke(two, owner, stolen)
    await allGet([two], [stolen], REVOKED)
    const ofOwner = nodes.map((node) => watch(node, owner))
    const ofStolen = nodes.map((node) => watch(node, stolen))
    await pair.primary.kill()

    await becomes(nodes, owner, UNAVAILABLE)
    for (const node of nodes) await isUnavailable(node, [owner, lost, stolen, late, mobile])

    await pair.promote()
    for (const { line } of [...nodes, app]) line.lead(pair.standby.port)

    await becomes(nodes, owner, PASSED)
    await allGet(nodes, [lost, stolen], REVOKED)
    await allGet(nodes, [late], PASSED)
    await renews(two, mobile)
    expect(generationOf(mobile.token)).toBe(3)
    for (const watching of ofOwner) expect(await runsOf(watching)).toEqual([503, 204])
    for (const watching of ofStolen) expect(await runsOf(watching)).not.toContain(204)

    // Revocations are pushed as before: memory is told of them, and asks nobody.
    const next = await loggedIn(one)
    await vi.waitFor(async () => {
      await app.store.find(jtiOf(next))
      expect(validIn(app, next)).toBe(true)
    }, soon)
    app.notifications.length = 0
    await allGet(nodes, [next], PASSED)
    await revoke(two, owner, next)
    await vi.waitFor(() => expect(validIn(app, next)).toBe(false), soon)
    await vi.waitFor(() => expect(app.notifications).toContain('sliding_revocations'), soon)
    await becomes(nodes, next, REVOKED)
  })
})
