import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, vi } from 'vitest'
import { type ServerProcess, spawnServer } from '../support/server-process.ts'

// Whoever imports this starts processes and waits for real seconds, on whatever machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

/** The stand-alone server with tokens that live for one second, and its only user. */
export interface StandAlone {
  url: string
  readonly username: string
  readonly password: string
}

/** Longer than a token lives. The server has a real clock, so the examples really wait. */
export const LIFETIME_AND_MORE_MS = 1_100

/** Starts it for the tests of a file; `url` is there when they run. */
export function standAlone(settings: Readonly<Record<string, string>> = {}): StandAlone {
  const user = { url: '', username: 'admin', password: randomBytes(12).toString('base64url') }
  let server: ServerProcess | undefined
  beforeAll(async () => {
    server = await spawnServer({
      DATABASE_URL: ':memory:',
      JWT_SECRET: randomBytes(32).toString('hex'),
      TOKEN_TTL: '1s',
      ADMIN_USERNAME: user.username,
      ADMIN_PASSWORD: user.password,
      ...settings,
    })
    user.url = server.url
  })
  afterAll(() => server?.stop())
  return user
}
