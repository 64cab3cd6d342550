import { onTestFinished } from 'vitest'
import { type ServerProcess, spawnServer } from '../support/server-process.ts'

/** A real server in a process of its own; it goes when the test is over. */
export async function startServer(environment: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const server = await spawnServer(environment)
  onTestFinished(() => server.kill())
  return server
}
