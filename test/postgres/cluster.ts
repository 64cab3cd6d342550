import { onTestFinished } from 'vitest'
import { Device, type Reply } from '../faults/device.ts'
import { type ServerProcess, spawnServer } from '../support/server-process.ts'
import { type Line, startLine } from './line.ts'
import { type PostgresServer, startPostgres } from './server.ts'

export const ROOT = { username: 'root', password: 'correct horse battery' }

/** A server in a process of its own, and the line between it and the database. */
export interface Node {
  readonly server: ServerProcess
  readonly line: Line
}

/** Servers on one PostgreSQL, until the test is over. */
export interface PostgresCluster {
  readonly postgres: PostgresServer
  readonly nodes: readonly [Node, Node, Node]
}

export async function postgresCluster(): Promise<PostgresCluster> {
  const postgres = await startPostgres()
  if (postgres === undefined) throw new Error('there is no PostgreSQL for this platform')
  onTestFinished(() => postgres.stop())
  const start = () => startNode(postgres)
  const [one, two, three] = await Promise.all([start(), start(), start()])
  return { postgres, nodes: [one, two, three] }
}

/** Starts a server on a database, until the test is over. */
export async function startNode(
  postgres: PostgresServer,
  environment: Readonly<Record<string, string>> = {},
): Promise<Node> {
  const { line, url } = await lineTo(postgres)
  const server = await spawnServer({
    DATABASE_URL: url,
    JWT_SECRET: 'a secret of the tests, 32 bytes or more',
    ADMIN_USERNAME: ROOT.username,
    ADMIN_PASSWORD: ROOT.password,
    LOG_LEVEL: 'silent',
    ...environment,
  })
  onTestFinished(() => server.kill())
  return { server, line }
}

/** A line to a database, until the test is over, and the database's URL at the end of it. */
export async function lineTo(postgres: PostgresServer): Promise<{ line: Line; url: string }> {
  const line = await startLine(postgres.port)
  onTestFinished(() => line.close())
  const url = new URL(postgres.url)
  url.port = String(line.port)
  return { line, url: url.href }
}

export async function loggedIn({ server }: Node): Promise<Device> {
  const device = new Device('root')
  const reply = await device.login(server.url, ROOT.username, ROOT.password)
  if (device.token === undefined) throw new Error(`no login: ${JSON.stringify(reply)}`)
  return device
}

/** An answer, and when it was asked for. */
export interface Look {
  readonly at: number
  readonly reply: Reply
  readonly retryAfter: string | null
}

/** What a server is asked. */
export interface Question {
  readonly method: string
  readonly path: string
  readonly body?: object
}

/** Who a token belongs to, as a proxy asks for each request. */
const VERIFY: Question = { method: 'GET', path: '/verify' }

/** Asks a server with a device's token, and leaves the device as it is. */
export async function look({ server }: Node, { token }: Device, question = VERIFY): Promise<Look> {
  const at = performance.now()
  const { method, path, body } = question
  try {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        'User-Agent': 'curl/8.14.1',
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const code = text === '' ? undefined : JSON.parse(text).code
    const reply: Reply = { kind: 'answer', status: response.status, renewed: false, ...(code && { code }) }
    return { at, reply, retryAfter: response.headers.get('Retry-After') }
  } catch {
    return { at, reply: { kind: 'lost' }, retryAfter: null }
  }
}

/** Looks again and again, from now until it is stopped. */
export function watch(node: Node, device: Device): { stop(): Promise<Look[]> } {
  const looks: Look[] = []
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      looks.push(await look(node, device))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })()
  return {
    async stop() {
      isOver = true
      await watching
      return looks
    },
  }
}
