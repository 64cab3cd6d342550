import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { SlidingSession } from '../index.ts'
import { createLogger } from '../server/logging.ts'
import { openDatabase } from '../server/serve.ts'
import { openServices } from '../server/services.ts'
import type { UserInfo, Users } from '../server/users.ts'
import { isPostgresUrl, pathOf } from '../stores/open.ts'
import type { ServerDatabase } from '../stores/server-store.ts'
import { type Call, type Command, CommandError } from './command.ts'
import { configOf, settingOptions } from './settings.ts'

/** The option of every command that works on a database. */
export const DATABASE_OPTION: Command['options'] = settingOptions(['DATABASE_URL'])

/** The same, with the limits by which a session is over. */
export const POLICY_AND_DATABASE_OPTIONS: Command['options'] = settingOptions([
  'DATABASE_URL',
  'TOKEN_TTL',
  'IDLE_TIMEOUT',
  'MAX_AGE',
])

/** Users and sessions of the database that a command works on. */
export interface OpenDatabase {
  readonly users: Users
  readonly sessions: SlidingSession
  readonly database: ServerDatabase
}

/**
 * Opens the database, lets a command work on it and closes it. A database that is not there is an error,
 * unless the command may create one: a slip in its name would look like an empty database.
 */
export async function withDatabase<T>(
  call: Call,
  { mayCreate = false }: { readonly mayCreate?: boolean },
  work: (open: OpenDatabase) => Promise<T>,
): Promise<T> {
  const config = configOf(call)
  refuseMissing(config.databaseUrl, mayCreate)
  const database = await openDatabase(config.databaseUrl)
  try {
    // Commands sign and verify nothing, so that any secret serves.
    const options = { ...config.policy, secret: randomBytes(32) }
    const services = await openServices({ database, options, logger: createLogger('silent') })
    try {
      return await work({ ...services, database })
    } finally {
      await services.close()
    }
  } finally {
    await database.close()
  }
}

/** The user of a name. */
export async function findUser(users: Users, username: string): Promise<UserInfo> {
  const user = await users.findByName(username)
  if (user === undefined) throw new CommandError('not_found', `there is no user ${username}`)
  return user
}

/** A database that is not there is an error: a slip in its name would look like an empty one. */
export function refuseMissing(databaseUrl: string, mayCreate: boolean): void {
  if (isPostgresUrl(databaseUrl)) return
  const path = pathOf(databaseUrl)
  if (mayCreate || path === ':memory:' || existsSync(path)) return
  throw new CommandError('not_found', `there is no database ${path} (DATABASE_URL)`)
}
