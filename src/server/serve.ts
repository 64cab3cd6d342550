import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigurationError, SlidingSessionError, type SlidingSessionOptions } from '../index.ts'
import { openServerDatabase } from '../stores/open.ts'
import type { ServerDatabase } from '../stores/server-store.ts'
import { createApp } from './app.ts'
import { handleClientError } from './client-error.ts'
import { type Config, inVariables } from './config.ts'
import { keyPathOf, keysOf } from './key-file.ts'
import { type KeysWatchParts, watchKeys } from './keys-watch.ts'
import { createLogger } from './logging.ts'
import { readResourceFile } from './resource-file.ts'
import { openServices } from './services.ts'
import { stopServer } from './stop.ts'
import { loadTracing } from './tracing.ts'
import type { Users } from './users.ts'

/** A server that listens. */
export interface RunningServer {
  readonly url: string
  /** Takes no more connections, answers what is in flight, closes the database. */
  stop(): Promise<void>
}

/**
 * Starts the stand-alone server: database, keys, first admin, HTTP.
 *
 * @throws ConfigurationError naming the variable that cannot be used.
 */
export async function serve(config: Config): Promise<RunningServer> {
  const database = await openDatabase(config.databaseUrl)
  try {
    return await serveFrom(database, config)
  } catch (error) {
    await database.close()
    throw error instanceof ConfigurationError ? inVariables(error) : error
  }
}

/** Opens the database that `DATABASE_URL` names. */
export async function openDatabase(databaseUrl: string): Promise<ServerDatabase> {
  try {
    return await openServerDatabase(databaseUrl)
  } catch (error) {
    throw error instanceof ConfigurationError ? inVariables(error) : error
  }
}

async function serveFrom(database: ServerDatabase, config: Config): Promise<RunningServer> {
  const logger = createLogger(config.logLevel)
  const keys = keysOf(config)
  const options = { ...config.policy, ...keys, resources: resourcesOf(config) }
  const tracing = await loadTracing()
  const { webhook } = config
  const services = await openServices({ database, options, logger, webhook, tracing })
  const { sessions, users, logins, audit, overview, metrics, close } = services
  metrics.watchProcess()
  await makeFirstAdmin(users, config)

  let isStopping = false
  const app = createApp({
    database,
    sessions,
    users,
    logins,
    audit,
    overview,
    metrics,
    logger,
    tracing,
    corsOrigins: config.corsOrigins,
    trustProxy: config.trustProxy,
    realm: config.policy.issuer,
    isStopping: () => isStopping,
  })
  const server = createServer(app).on('clientError', handleClientError)
  const url = await listen(server, config)
  const stopWatching = followKeyFile(config, keys, { sessions, logger })
  logger.info({ url }, 'listening')
  if (config.trustProxy === true)
    logger.warn('TRUST_PROXY=true lets every client choose the address it is counted by')

  return {
    url,
    async stop() {
      isStopping = true
      stopWatching()
      await stopServer(server)
      await close()
      await database.close()
      logger.info('stopped')
    },
  }
}

function resourcesOf({ resourcesPath }: Config): SlidingSessionOptions['resources'] {
  return resourcesPath === undefined ? undefined : readResourceFile(resourcesPath)
}

/** Servers that are told to change their keys do so without a restart. */
function followKeyFile(
  config: Config,
  { keys }: ReturnType<typeof keysOf>,
  parts: Pick<KeysWatchParts, 'sessions' | 'logger'>,
): () => void {
  const path = keyPathOf(config)
  if (path === undefined || keys === undefined) return () => undefined
  return watchKeys({ ...parts, path, keys })
}

/** On an empty database only; of several processes that start at once, one makes it. */
async function makeFirstAdmin(users: Users, { admin }: Config): Promise<void> {
  if (admin === undefined || !(await users.isEmpty())) return
  try {
    await users.create({ ...admin, role: 'admin' })
  } catch (error) {
    if (!(error instanceof SlidingSessionError) || error.code === 'unavailable') throw error
    if (error.code === 'conflict') return
    const [field, takes = ''] = error.message.split(': ')
    const variable = field === 'password' ? 'ADMIN_PASSWORD' : 'ADMIN_USERNAME'
    throw new ConfigurationError(variable, 'a value that cannot be used', takes.replace(/^takes /, ''))
  }
}

async function listen(server: Server, { host, port }: Config): Promise<string> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') throw new ConfigurationError('PORT', `${port}, which is in use`, 'a free port')
    if (code === 'EACCES')
      throw new ConfigurationError('PORT', `${port}, which needs more rights`, 'a port you may open')
    throw new ConfigurationError('HOST', `${JSON.stringify(host)} (${code})`, 'an address of this machine')
  }
  const { address, family, port: listening } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${listening}`
}
