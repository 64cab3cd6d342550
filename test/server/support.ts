import type { Application } from 'express'
import request from 'supertest'
import { onTestFinished } from 'vitest'
import { type AppParts, createApp } from '../../src/server/app.ts'
import { foldName } from '../../src/server/credentials.ts'
import { hashPassword } from '../../src/server/passwords.ts'
import { openServices, type ServiceOptions, type Services } from '../../src/server/services.ts'
import { openServerDatabase } from '../../src/stores/open.ts'
import type { Role, ServerDatabase, UserRecord } from '../../src/stores/server-store.ts'
import { keptLog } from '../support/log.ts'
import { T0 } from '../support/records.ts'
import { newServerDatabase } from '../support/server-databases.ts'
import { CHROME } from '../support/user-agents.ts'

export const SECRET = 'a secret of the tests, 32 bytes or more'
export const PASSWORD = 'correct horse battery'
export const WRONG = 'wrong horse battery'

/** Hashed once, as it takes a while. */
export const PASSWORD_HASH = await hashPassword(PASSWORD)

/** The server as it would run, on a database and a clock of its own. */
export interface Bench extends Services {
  readonly app: Application
  readonly database: ServerDatabase
  readonly clock: { now: number }
  /** What was logged, line by line. */
  readonly log: string[]
}

export interface BenchOptions
  extends Partial<Pick<AppParts, 'corsOrigins' | 'trustProxy' | 'isStopping' | 'tracing'>> {
  /** Default: see `newServerDatabase`. */
  readonly path?: string
  readonly policy?: Partial<ServiceOptions['options']>
  readonly webhook?: ServiceOptions['webhook']
}

/** Sets a server up; it ends with the test, which fails where a secret was logged. */
export async function startBench(options: BenchOptions = {}): Promise<Bench> {
  const {
    path = await newServerDatabase(),
    policy,
    corsOrigins = [],
    trustProxy = false,
    isStopping = () => false,
    tracing,
    webhook,
  } = options
  const database = await openServerDatabase(path)
  const clock = { now: T0 }
  const { logger, log } = keptLog()
  const services = await openServices({
    database,
    options: { secret: SECRET, ...policy },
    logger,
    tracing,
    webhook,
    now: () => clock.now,
  })
  onTestFinished(async () => {
    await services.close()
    await database.close()
  })
  const parts = { database, logger, tracing, corsOrigins, trustProxy, isStopping, realm: 'sliding-jwt' }
  return { ...services, app: createApp({ ...parts, ...services }), database, clock, log }
}

/** Adds a user with the password of all. */
export async function addUser(
  { database }: Pick<Bench, 'database'>,
  username: string,
  role: Role = 'user',
  changes: Partial<UserRecord> = {},
): Promise<UserRecord> {
  const user: UserRecord = {
    id: `id-of-${username}`,
    username,
    usernameKey: foldName(username),
    passwordHash: PASSWORD_HASH,
    role,
    disabled: false,
    createdAt: T0,
    updatedAt: T0,
    ...changes,
  }
  await database.users.create(user)
  return user
}

export interface Login {
  readonly jti: string
  readonly token: string
  readonly headers: { readonly Authorization: string; readonly 'User-Agent': string }
}

/** Logs a user in who has the password of all. */
export async function logIn({ app }: Pick<Bench, 'app'>, username: string): Promise<Login> {
  const { body } = await request(app)
    .post('/login')
    .set('User-Agent', CHROME)
    .send({ username, password: PASSWORD })
    .expect(200)
  return { jti: body.session.jti, token: body.token, headers: bearer(body.token) }
}

export function bearer(token: string): Login['headers'] {
  return { Authorization: `Bearer ${token}`, 'User-Agent': CHROME }
}

/** A server with an admin (`root`) and a user (`ada`), both logged in. */
export async function startPopulatedBench(options: BenchOptions = {}) {
  const bench = await startBench(options)
  const root = await addUser(bench, 'root', 'admin')
  const ada = await addUser(bench, 'ada')
  return {
    ...bench,
    root: { ...root, ...(await logIn(bench, 'root')) },
    ada: { ...ada, ...(await logIn(bench, 'ada')) },
  }
}

/** The events of a type, the latest first. */
export async function eventsOf({ database, audit }: Pick<Bench, 'database' | 'audit'>, type: string) {
  await audit.settled()
  return database.events.list({ type, limit: 200 })
}

export type Method = 'get' | 'post' | 'patch' | 'delete'

/** Sends a request as the admin of a populated bench. */
export async function asRoot(
  { app, root }: Pick<Bench, 'app'> & { root: { headers: object } },
  method: Method,
  path: string,
  body?: object,
) {
  const sent = request(app)
    [method](path)
    .set(root.headers as Record<string, string>)
  return body === undefined ? sent : sent.send(body)
}
