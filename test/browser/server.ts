import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PolicyOptions } from '../../src/index.ts'
import { createApp } from '../../src/server/app.ts'
import { createLogger } from '../../src/server/logging.ts'
import { openServices, type Services } from '../../src/server/services.ts'
import { openServerDatabase } from '../../src/stores/open.ts'
import type { Role, ServerDatabase } from '../../src/stores/server-store.ts'
import { assertNoSecrets } from '../support/secrets.ts'

export const PASSWORD = 'correct horse battery'

/** The server in this process, on a port of its own, with a clock that can be put forward. */
export interface TestServer extends Services {
  readonly url: string
  readonly database: ServerDatabase
  /** Lets time pass for the server alone. */
  advance(milliseconds: number): void
  /** Adds a user with the password of all; answers with the id. */
  addUser(username: string, role?: Role): Promise<string>
  /** Rejects where a secret was logged. */
  stop(): Promise<void>
}

export interface TestServerOptions {
  readonly policy?: PolicyOptions
  readonly corsOrigins?: readonly string[]
  /** How far the server's clock is ahead at first, in milliseconds. */
  readonly ahead?: number
  /** Whose `X-Forwarded-For` counts. Default: nobody's. */
  readonly trustProxy?: string | false
}

export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { policy, corsOrigins = [], trustProxy = false } = options
  let { ahead = 0 } = options
  const database = await openServerDatabase(':memory:')
  let log = ''
  const write = (line: string) => {
    log += line
  }
  const logger = createLogger('debug', { write })
  const services = await openServices({
    database,
    options: { secret: 'a secret of the browser tests, of 32 bytes or more', ...policy },
    logger,
    now: () => Date.now() + ahead,
  })
  const server = createServer(
    createApp({
      ...services,
      database,
      logger,
      corsOrigins,
      trustProxy,
      realm: 'sliding-jwt',
      isStopping: () => false,
    }),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    ...services,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    database,
    advance(milliseconds) {
      ahead += milliseconds
    },
    async addUser(username, role = 'user') {
      return (await services.users.create({ username, password: PASSWORD, role })).id
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await services.close()
      await database.close()
      assertNoSecrets(log)
    },
  }
}
