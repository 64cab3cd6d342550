import type { Pool, PoolClient } from 'pg'
import { toJti } from './jti.ts'
import { ask, sqlStateOf, statement } from './query.ts'
import type { Time } from './time.ts'

/** How often the log is read when nothing is notified: proof that the connection lives, and the fallback. */
const BEAT_MS = 500

/** How long what is in memory counts after a reading of the log was sent: the bound for a revocation's delay. */
export const GOOD_FOR_MS = 1_500

/** After so long without an answer a connection is given up. */
const READ_TIMEOUT_MS = 2_000

/** How long the log is kept, and so how long a process may be cut off and still catch up. */
const KEPT_MS = 3_600_000

/** Between two attempts to connect. */
const RECONNECT_MS = 250

/** How often the end of what was read is marked for pruning. */
const MARK_MS = 60_000

const LISTEN = { text: 'LISTEN sliding_revocations', query_timeout: READ_TIMEOUT_MS }

const STATEMENTS = {
  /**
   * What was logged by transactions that were not over at the last reading: they have numbers from its `xmin`
   * on. Some rows come twice, which does no harm. `instance` tells a server from the one that took over from it,
   * in whose log the numbers may mean other transactions.
   */
  read: statement(
    'read_revocations',
    `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin,
       pg_postmaster_start_time()::text AS instance, pg_is_in_recovery() AS "isStandby",
       (SELECT string_agg(coalesce(jti::text, 'all'), ',') FROM sliding_revocations WHERE xact >= $1::xid8)
         AS revoked`,
  ),
  /** Numbers that have not come yet are those of another cluster, of which this database is a copy. */
  prune: statement(
    'prune_revocations',
    `DELETE FROM sliding_revocations
     WHERE xact < $1::xid8 OR xact >= pg_snapshot_xmax(pg_current_snapshot())`,
  ),
}

interface Reading {
  readonly xmin: string
  readonly instance: string
  readonly isStandby: boolean
  readonly revoked: string | null
}

export interface RevocationListenerParts {
  readonly pool: Pool
  /** Told what was revoked by anybody; `all` where that is not known. */
  readonly onRevoked: (jtis: readonly string[] | 'all') => void
  readonly time: Time
}

/**
 * Follows the log of revocations on a connection of its own. A notification says that there is something to
 * read, and readings go on without one, so that a connection that is dead without saying so is noticed, and so
 * is a revocation where nobody notifies (a pooler in transaction mode).
 */
export class RevocationListener {
  readonly #parts: RevocationListenerParts
  readonly #marks: { readonly at: number; readonly xmin: string }[] = []
  #client: PoolClient | undefined
  #callOff: () => void = () => undefined
  #last: { readonly at: number; readonly xmin: string; readonly instance: string } | undefined
  #isReading = false
  /** Whether something was notified since the current reading began. */
  #isAsked = false
  /** Whether something may have been revoked that is not read yet. */
  #isBehind = false
  /** Whether the connection broke, and nothing was read since. */
  #isLost = false
  #isClosed = false

  constructor(parts: RevocationListenerParts) {
    this.#parts = parts
  }

  /** Connects and reads for the first time; rejects where the database cannot be reached. From then on it recovers by itself. */
  async start(): Promise<void> {
    await this.#connect()
    await this.#read()
    if (this.#last === undefined) throw new Error('the log of revocations could not be read')
  }

  /** Whether all revocations are known that were committed until `GOOD_FOR_MS` ago, and all that were notified. */
  isCurrent(): boolean {
    return !this.#isBehind && this.isFollowing()
  }

  /** Whether the database is still the one that was read last, as of `GOOD_FOR_MS` ago. */
  isFollowing(): boolean {
    const { now } = this.#parts.time
    return !this.#isLost && this.#last !== undefined && now() - this.#last.at < GOOD_FOR_MS
  }

  /** Deletes what every process has read, or has been cut off for too long to need. */
  async prune(): Promise<void> {
    const before = this.#parts.time.now() - KEPT_MS
    const mark = this.#marks.findLast(({ at }) => at <= before)
    if (mark !== undefined) await ask(this.#parts.pool, STATEMENTS.prune, [mark.xmin])
  }

  close(): void {
    this.#isClosed = true
    this.#disconnect()
  }

  async #connect(): Promise<void> {
    const client = await this.#parts.pool.connect()
    client.on('error', () => this.#lose(client))
    client.on('end', () => this.#lose(client))
    client.on('notification', () => this.#noticed())
    this.#client = client
    try {
      await client.query(LISTEN)
    } catch (error) {
      // What knows no LISTEN is read in intervals.
      if (sqlStateOf(error) === undefined) throw error
    }
    // It stays open until it is closed, which alone is no reason for the process to go on.
    const connection: PoolClient & { readonly unref?: () => void } = client
    connection.unref?.()
    if (this.#isClosed) this.#disconnect()
  }

  #noticed(): void {
    this.#isBehind = true
    this.#isAsked = true
    this.#read()
  }

  /** Reads until nothing was notified meanwhile; then waits for the next beat. */
  async #read(): Promise<void> {
    const client = this.#client
    if (this.#isReading || client === undefined) return
    this.#isReading = true
    this.#callOff()
    try {
      do {
        this.#isAsked = false
        await this.#readOnce(client)
      } while (this.#isAsked)
      this.#isBehind = false
      this.#isLost = false
      this.#after(BEAT_MS, () => this.#read())
    } catch {
      this.#lose(client)
    } finally {
      this.#isReading = false
    }
    if (this.#client !== client) await this.#read()
  }

  async #readOnce(client: PoolClient): Promise<void> {
    const { time, onRevoked } = this.#parts
    const at = time.now()
    const [reading] = await ask<Reading>(client, STATEMENTS.read, [this.#last?.xmin ?? null], READ_TIMEOUT_MS)
    if (reading === undefined || reading.isStandby) throw new Error('only the primary knows')
    const { xmin, instance, revoked } = reading
    const isContinued = this.#last?.instance === instance && at - this.#last.at < KEPT_MS
    if (!isContinued || revoked?.includes('all')) onRevoked('all')
    else if (revoked !== null) onRevoked(revoked.split(',').map(toJti))
    this.#last = { at, xmin, instance }
    this.#mark(at, xmin)
  }

  #mark(at: number, xmin: string): void {
    if (at - (this.#marks.at(-1)?.at ?? Number.NEGATIVE_INFINITY) < MARK_MS) return
    this.#marks.push({ at, xmin })
    if (this.#marks.length > (2 * KEPT_MS) / MARK_MS) this.#marks.shift()
  }

  #lose(client: PoolClient): void {
    if (this.#client !== client) return
    this.#isBehind = true
    this.#isLost = true
    this.#disconnect()
    this.#after(RECONNECT_MS, () => this.#reconnect())
  }

  async #reconnect(): Promise<void> {
    try {
      await this.#connect()
      await this.#read()
    } catch {
      if (this.#client === undefined) this.#after(RECONNECT_MS, () => this.#reconnect())
      else this.#lose(this.#client)
    }
  }

  #disconnect(): void {
    this.#callOff()
    this.#client?.release(true)
    this.#client = undefined
  }

  #after(milliseconds: number, act: () => void): void {
    this.#callOff()
    if (!this.#isClosed) this.#callOff = this.#parts.time.after(milliseconds, act)
  }
}
