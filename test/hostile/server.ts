import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { createApp } from '../../src/server/app.ts'
import { handleClientError } from '../../src/server/client-error.ts'
import { foldName } from '../../src/server/credentials.ts'
import { createLogger } from '../../src/server/logging.ts'
import { openServices } from '../../src/server/services.ts'
import { openServerDatabase } from '../../src/stores/open.ts'
import type { Role, ServerDatabase } from '../../src/stores/server-store.ts'
import { forge, SECRET } from '../support/forge.ts'
import { CLIENT, HOUR, MINUTE, newJti, recordOf, T0 } from '../support/records.ts'
import { secretIn } from '../support/secrets.ts'

/** The clock of these servers stands still, so that tokens of `T0` have expired and those of `NOW` have not. */
export const NOW = T0 + HOUR

/** Claims that make a token fresh. */
export const FRESH = { iat: NOW / 1000, exp: (NOW + 15 * MINUTE) / 1000 }

/** A path that no request of these tests asks for: where the log has it, one request was taken for two. */
export const SMUGGLED = '/smuggled'

/** Nobody answers later than this, in milliseconds. */
const PATIENCE_MS = 10_000

/** A session as a thief would love to have it. */
export interface Victim {
  readonly userId: string
  readonly jti: string
  readonly fresh: string
  readonly expired: string
}

/** The real app behind a real port, on a database of its own. */
export interface HostileServer {
  readonly database: ServerDatabase
  /** What must never be logged: errors, smuggled requests, and secrets. */
  readonly faults: string[]
  /**
   * Sends bytes as they are and reads until the server closes the connection. A client that `hangsUp` ends its
   * side at once: Node then answers no more than what is ready.
   */
  raw(bytes: string | Uint8Array, hangsUp?: boolean): Promise<string>
  /** A user of its own with a session that was begun at `T0` and never renewed. */
  addVictim(role?: Role): Promise<Victim>
  close(): Promise<void>
}

/** `trustProxy`: as Express has it; a client in front of a trusted proxy names any address it likes. */
export async function startHostileServer(trustProxy: boolean | number = false): Promise<HostileServer> {
  const database = await openServerDatabase(':memory:')
  const faults: string[] = []
  const logger = createLogger('info', {
    write(line) {
      const isFault = /"level":"(error|fatal)"/.test(line) || line.includes(SMUGGLED)
      if (isFault || secretIn(line) !== undefined) faults.push(line)
    },
  })
  const services = await openServices({ database, options: { secret: SECRET }, logger, now: () => NOW })
  const parts = {
    database,
    logger,
    corsOrigins: ['https://app.example'],
    trustProxy,
    isStopping: () => false,
  }
  const app = createApp({ ...parts, ...services, realm: 'sliding-jwt' })
  const server = createServer(app).on('clientError', handleClientError)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    database,
    faults,
    raw: (bytes, hangsUp = false) => exchange(port, bytes, hangsUp),
    addVictim: (role = 'user') => addVictim(database, role),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await services.close()
      await database.close()
    },
  }
}

function exchange(port: number, bytes: string | Uint8Array, hangsUp: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.setTimeout(PATIENCE_MS, () => {
      reject(new Error(`no end of the answer: ${answer.slice(0, 100)}`))
      socket.destroy()
    })
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1')
    })
    // A server that has refused what it was sent may close before it has read all of it.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(answer))
    if (hangsUp) socket.end(bytes)
    else socket.write(bytes)
  })
}

let victims = 0

async function addVictim({ users, sessions }: ServerDatabase, role: Role): Promise<Victim> {
  victims += 1
  const username = `victim-${victims}`
  const userId = `id-of-${username}`
  const jti = newJti()
  await users.create({
    id: userId,
    username,
    usernameKey: foldName(username),
    passwordHash: 'none that a password has',
    role,
    disabled: false,
    createdAt: T0,
    updatedAt: T0,
  })
  await sessions.create(recordOf({ jti, userId }))
  const payload = { jti, sub: userId, role }
  return {
    userId,
    jti,
    fresh: forge({ payload: { ...payload, ...FRESH } }),
    expired: forge({ payload }),
  }
}

/** The lines of a request whose connection ends with its answer. */
export function request(line: string, headers: readonly string[] = [], body = ''): string {
  return [
    `${line} HTTP/1.1`,
    'Host: x',
    'Connection: close',
    `User-Agent: ${CLIENT.userAgent}`,
    ...headers,
    '',
    body,
  ].join('\r\n')
}

/** An answer in its parts; `rest` is what came after its body, where nothing should be. */
export interface RawAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
  readonly rest: string
}

/** Reads an answer with a `Content-Length`, or without a body (as to HEAD); undefined where nothing was answered. */
export function parseAnswer(answer: string): RawAnswer | undefined {
  const final = answer.replace(/^(HTTP\/1\.1 1\d\d [^\r]*\r\n\r\n)+/, '')
  const end = final.indexOf('\r\n\r\n')
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(final)?.[1]
  if (end < 0 || status === undefined) return undefined
  const headers = new Map<string, string>()
  for (const line of final.slice(0, end).split('\r\n').slice(1)) {
    const colon = line.indexOf(':')
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  const after = final.slice(end + 4)
  const isEmpty = headers.has('transfer-encoding') && after === '0\r\n\r\n'
  const length = isEmpty ? after.length : Number(headers.get('content-length') ?? 0)
  return { status: Number(status), headers, body: after.slice(0, length), rest: after.slice(length) }
}
