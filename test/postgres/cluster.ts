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
  const start = async (): Promise<Node> => {
    const line = await startLine(postgres.port)
    onTestFinished(() => line.close())
    const url = new URL(postgres.url)
    url.port = String(line.port)
    const server = await spawnServer({
      DATABASE_URL: url.href,
      JWT_SECRET: 'a secret of the tests, 32 bytes or more',
      ADMIN_USERNAME: ROOT.username,
      ADMIN_PASSWORD: ROOT.password,
      LOG_LEVEL: 'silent',
    })
    onTestFinished(() => server.kill())
    return { server, line }
  }
  const [one, two, three] = await Promise.all([start(), start(), start()])
  return { postgres, nodes: [one, two, three] }
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

/** Asks a server who a token belongs to, as a proxy does for each request. */
export async function look({ server }: Node, { token }: Device): Promise<Look> {
  const at = performance.now()
  try {
    const response = await fetch(`${server.url}/verify`, {
      headers: { Authorization: `Bearer ${token}`, 'User-Agent': 'curl/8.14.1' },
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
