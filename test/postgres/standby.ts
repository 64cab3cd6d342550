import { execFileSync } from 'node:child_process'
import { chownSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { query } from '../support/postgres.ts'
import { makePostgres, NO_DISK, type PostgresServer, serverOf, startPostgres } from './server.ts'

/** Two servers: what one acknowledges, the other has. */
export interface Pair {
  readonly primary: PostgresServer
  readonly standby: PostgresServer
  /** Makes the standby a primary. */
  promote(): Promise<void>
  stop(): Promise<void>
}

/** A commit is acknowledged once the standby has it. */
const SYNCHRONOUS = ['synchronous_commit=on', 'synchronous_standby_names=*']

/** Starts a primary and a standby that streams from it; undefined where there is none for this platform. */
export async function startPair(): Promise<Pair | undefined> {
  const primary = await startPostgres({ settings: SYNCHRONOUS })
  if (primary === undefined) return undefined
  const standby = await startStandby(primary)
  return {
    primary,
    standby,
    async promote() {
      await query(standby.url, 'SELECT pg_promote()')
    },
    async stop() {
      await Promise.all([primary.stop(), standby.stop()])
    },
  }
}

async function startStandby(primary: PostgresServer): Promise<PostgresServer> {
  const folder = `${primary.folder}-standby`
  await copyData(primary, folder)
  write(folder, 'standby.signal', '')
  const upstream = `primary_conninfo=host=127.0.0.1 port=${primary.port} user=postgres application_name=standby`
  const made = await makePostgres(folder, [...NO_DISK, upstream])
  if (made === undefined) throw new Error('there was a PostgreSQL just now')
  // The package waits for a server that takes writes, which this one does only once it is promoted.
  let hasEnded = false
  made.postgres.start().catch(() => {
    hasEnded = true
  })
  while ((await query(primary.url, FOLLOWERS))[0] !== 'sync') {
    if (hasEnded) throw new Error('the standby has ended')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return serverOf(made)
}

const FOLLOWERS = 'SELECT sync_state FROM pg_stat_replication'

/** As pg_basebackup does it, which the package lacks. The log is streamed, and not copied. */
async function copyData(primary: PostgresServer, folder: string): Promise<void> {
  const client = new pg.Client(primary.url)
  await client.connect()
  try {
    await client.query("SELECT pg_backup_start('standby', true)")
    // With its owner, who need not be who runs this.
    execFileSync('cp', ['-a', primary.folder, folder])
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)')
    write(folder, 'backup_label', rows[0]?.labelfile ?? '')
  } finally {
    await client.end()
  }
  const log = join(folder, 'pg_wal')
  for (const name of readdirSync(log)) rmSync(join(log, name), { recursive: true })
  for (const name of ['postmaster.pid', 'postmaster.opts']) rmSync(join(folder, name))
}

/** Writes a file that belongs to whom its folder does. */
function write(folder: string, name: string, text: string): void {
  const { uid, gid } = statSync(folder)
  const path = join(folder, name)
  writeFileSync(path, text)
  chownSync(path, uid, gid)
}
