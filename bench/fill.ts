import { createSecretKey, hash } from 'node:crypto'
import { statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import Database from 'better-sqlite3'
import express from 'express'
import jwt from 'jsonwebtoken'
import { slidingSession } from '../src/index.ts'
import { toUserKey } from '../src/stores/sqlite/jti.ts'
import { EXPIRED } from './candidates/ours.ts'
import { USER_AGENT } from './candidates/user-agent.ts'
import { listen } from './listen.ts'

/** Rows that are written in one go, in the order of their keys: else a big tree takes hours to fill. */
const CHUNK = 100_000

/** How often the pattern was renewed: a row that was never renewed is shorter than most. */
const RENEWALS = 3

/** Where the requests of the filled-in sessions come from. */
export const IP = '192.0.2.44'

/** A session among millions: everything about it follows from its number. */
export interface Seat {
  readonly jti: Buffer
  readonly userId: string
}

export type SeatOf = (index: number) => Seat

/**
 * Makes a database with one real session and as many copies of its row, each with a key and a user of its own.
 * Copies of whatever the row has, so that this works with every version of the schema.
 */
export async function fill(options: FillOptions, seatOf: SeatOf): Promise<Filled> {
  const pattern = await patternIn(options)
  const sizeBefore = statSync(options.database).size
  const database = new Database(options.database)
  database.pragma('journal_mode = MEMORY')
  database.pragma('synchronous = OFF')
  database.pragma('foreign_keys = OFF')
  database.pragma('cache_size = -3000000')
  const insert = prepareCopy(database)
  const copyAll = database.transaction((seats: readonly Seat[]) => {
    for (const seat of seats) insert.run({ ...seat, userKey: toUserKey(seat.userId) })
  })
  for (let done = 0; done < options.count; done += CHUNK) {
    const length = Math.min(CHUNK, options.count - done)
    const seats = Array.from({ length }, (_, index) => seatOf(done + index))
    copyAll(seats.sort((a, b) => a.jti.compare(b.jti)))
  }
  database.pragma('journal_mode = WAL')
  database.close()
  const bytes = (statSync(options.database).size - sizeBefore) / options.count
  return { pattern, overhead: bytes - UUID_LENGTH - IP.length }
}

/** The token of the one real session, and the bytes that each other added to the file beyond its user's id and address. */
export interface Filled {
  readonly pattern: string
  readonly overhead: number
}

/** Where and how many. */
export interface FillOptions {
  /** The path of a SQLite file, or the URL of a PostgreSQL. */
  readonly database: string
  readonly secret: string
  readonly count: number
}

/** The key and the user of a session follow from its number, and look as random as real ones. */
export function seatsOf(seed: string, sessionsPerUser: number): SeatOf {
  let last = { user: -1, userId: '' }
  return (index) => {
    const user = Math.floor(index / sessionsPerUser)
    if (last.user !== user) last = { user, userId: uuidOf(hash('sha256', `${seed} user ${user}`)) }
    const jti = hash('sha256', `${seed} session ${index}`, 'buffer').subarray(0, 16)
    return { jti, userId: last.userId }
  }
}

const UUID_LENGTH = 36

function uuidOf(hex: string): string {
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ]
  return parts.join('-')
}

/** A real login through the library's face and some renewals; its row is the pattern for all others. */
export async function patternIn({ secret, database }: FillOptions): Promise<string> {
  const sessions = await slidingSession({ ...EXPIRED, secret, database })
  const app = express().set('trust proxy', 1)
  app.post('/login', async (req, res) => {
    res.json(await sessions.start(req, res, 'pattern'))
  })
  app.get('/me', sessions.authenticate(), (_req, res) => res.sendStatus(204))
  const { server, url } = await listen(app)
  try {
    const send = (method: string, path: string, token?: string) =>
      fetch(`${url}${path}`, { method, headers: headersWith(token) })
    let response = await send('POST', '/login')
    for (let renewal = 0; renewal < RENEWALS; renewal += 1) {
      await wait(5)
      response = await send('GET', '/me', tokenIn(response))
    }
    return tokenIn(response)
  } finally {
    server.close()
    server.closeAllConnections()
    await sessions.close()
  }
}

function headersWith(token: string | undefined): Record<string, string> {
  const headers = { 'User-Agent': USER_AGENT, 'X-Forwarded-For': IP }
  return token === undefined ? headers : { ...headers, Authorization: `Bearer ${token}` }
}

function tokenIn(response: Response): string {
  const token = response.headers.get('X-JWT')
  if (token === null) throw new Error(`no token: ${response.status}`)
  return token
}

function prepareCopy(database: Database.Database): Database.Statement<[Seat & { userKey: Buffer }]> {
  const columns = database.pragma('table_info(sliding_sessions)') as { name: string }[]
  const values = columns.map(
    ({ name }) => ({ jti: '@jti', user_id: '@userId', user_key: '@userKey' })[name] ?? name,
  )
  database.exec('CREATE TEMP TABLE pattern AS SELECT * FROM sliding_sessions')
  return database.prepare(`INSERT INTO sliding_sessions SELECT ${values.join(', ')} FROM pattern`)
}

/** Makes tokens that differ from a real one only in whose they are. */
export function signerLike(token: string, secret: string): (seat: Seat) => string {
  const { header, payload } = jwt.decode(token, { complete: true }) as jwt.Jwt
  const key = createSecretKey(Buffer.from(secret))
  const keyid = header.kid as string
  return ({ jti, userId }) =>
    jwt.sign({ ...(payload as object), jti: jti.toString('base64url'), sub: userId }, key, { keyid })
}
