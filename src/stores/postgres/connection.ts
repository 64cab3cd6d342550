import pg from 'pg'
import { ConfigurationError } from '../../protocol/errors.ts'
import { ANSWER_MS } from './query.ts'

/** Connections of a process, the listener's among them. `max` in the URL's query changes it. */
const CONNECTIONS = 10

/**
 * How long anything may take before it is a failure: to connect, to wait for another's lock, and to run a statement
 * (told to the server). `ANSWER_MS` is for connections that are dead without saying so.
 */
const CONNECT_MS = 3_000
const LOCK_MS = 1_000
const STATEMENT_MS = 4_000

/**
 * Opens a bounded pool of connections to the primary of `url`.
 *
 * @throws ConfigurationError where the URL cannot be read, or the database cannot be reached. It never tells the
 * password.
 */
export async function openPool(url: string): Promise<pg.Pool> {
  const pool = new pg.Pool({ ...readUrl(url), verify: refuseStandby })
  // What is wrong with an idle connection concerns nobody; the next question gets another one.
  pool.on('error', () => undefined)
  try {
    await pool.query('SELECT 1')
  } catch (error) {
    await pool.end()
    throw unusable(url, `which cannot be reached (${describe(error as NodeJS.ErrnoException)})`)
  }
  return pool
}

function readUrl(url: string): pg.PoolConfig {
  if (!URL.canParse(url)) throw unusable(url, 'which is no URL')
  const max = Number(new URL(url).searchParams.get('max') ?? CONNECTIONS)
  if (!Number.isInteger(max) || max < 2) throw unusable(url, 'with a max that is no whole number from 2 on')
  return {
    connectionString: url,
    max,
    connectionTimeoutMillis: CONNECT_MS,
    lock_timeout: LOCK_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: ANSWER_MS,
    idle_in_transaction_session_timeout: ANSWER_MS,
    keepAlive: true,
    allowExitOnIdle: true,
    application_name: 'sliding-jwt',
  }
}

/** A server that only follows another one knows of revocations late. Who becomes one loses its connections. */
function refuseStandby(client: pg.PoolClient, done: (error?: Error) => void): void {
  client
    .query<{ isStandby: boolean }>('SELECT pg_is_in_recovery() AS "isStandby"')
    .then(({ rows }) => done(rows[0]?.isStandby ? new Error('this server is a standby') : undefined), done)
}

function unusable(url: string, why: string): ConfigurationError {
  return new ConfigurationError('database', `${nameOf(url)}, ${why}`, 'the URL of a PostgreSQL primary')
}

/** The URL without what may be secret. */
function nameOf(url: string): string {
  if (!URL.canParse(url)) return 'a PostgreSQL URL'
  const { host, pathname } = new URL(url)
  return `postgres://${host}${pathname}`
}

function describe({ message, code }: NodeJS.ErrnoException): string {
  return message || (code ?? 'no answer')
}
