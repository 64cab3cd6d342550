import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { keyOf } from './candidates/all.ts'
import type { Candidate, Credential } from './candidates/candidate.ts'
import { USER_AGENT } from './candidates/user-agent.ts'
import { Child } from './child.ts'
import type { Postgres } from './postgres.ts'
import type { questions } from './server.ts'

export type Server = Child<typeof questions>

/** A candidate whose server runs, with everybody logged in. */
export interface Contestant {
  readonly candidate: Candidate
  readonly server: Server
  readonly url: string
  readonly credentials: readonly Credential[]
  /** Starts a second server on the same database. */
  readonly neighbour: () => Promise<Server>
}

const secret = randomBytes(32).toString('base64url')

/** Logins on their way at once. */
const LOGINS = 20

/** Starts a candidate's server on its own core, and logs in as many users as sessions shall take turns. */
export async function enter(
  candidate: Candidate,
  folder: string,
  sessions: number,
  postgres?: Postgres,
): Promise<Contestant> {
  const key = keyOf(candidate)
  const setting = { secret, database: await placeOf(candidate, folder, postgres) }
  const server: Server = new Child('server.ts', 'server')
  const url = await server.ask('open', { key, setting })
  return {
    candidate,
    server,
    url,
    credentials: await logInAll(url, sessions),
    async neighbour() {
      const other: Server = new Child('server.ts', 'load')
      await other.ask('open', { key, setting })
      return other
    },
  }
}

async function placeOf(
  candidate: Candidate,
  folder: string,
  postgres: Postgres | undefined,
): Promise<string> {
  if (candidate.isOnPostgres !== true) return join(folder, `${keyOf(candidate).replace('/', '-')}.db`)
  if (postgres === undefined) throw new Error(`${keyOf(candidate)} needs a PostgreSQL`)
  return postgres.place()
}

/** The id of the user behind a credential: all have one length, so that all answers have. */
export function userIdAt(index: number): string {
  return `user-${String(index).padStart(4, '0')}`
}

/** What `GET /me` answers to the user behind a credential. */
export function answerFor(index: number): string {
  return JSON.stringify({ user: { id: userIdAt(index), role: 'user' } })
}

async function logInAll(url: string, count: number): Promise<Credential[]> {
  const credentials: Credential[] = []
  for (let done = 0; done < count; done += LOGINS) {
    const some = Array.from({ length: Math.min(LOGINS, count - done) }, (_, index) => done + index)
    credentials.push(...(await Promise.all(some.map((index) => logIn(url, userIdAt(index))))))
  }
  return credentials
}

async function logIn(url: string, user: string): Promise<Credential> {
  const response = await fetch(`${url}/login/${user}`, {
    method: 'POST',
    headers: { 'User-Agent': USER_AGENT },
  })
  const credential = credentialOf(response)
  if (credential === undefined) throw new Error(`no login: ${response.status} ${await response.text()}`)
  return credential
}

/** What an answer gives its client to send from now on. */
export function credentialOf({ headers }: Response): Credential | undefined {
  const token = headers.get('X-JWT')
  if (token !== null) return { header: 'authorization', value: `Bearer ${token}` }
  const cookies = headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  return cookies.length === 0 ? undefined : { header: 'cookie', value: cookies.join('; ') }
}
