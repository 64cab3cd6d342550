import type { TestProject } from 'vitest/node'
import { startPostgres } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of the one PostgreSQL of this run; undefined where there is none. */
    readonly postgres: string | undefined
  }
}

/** One PostgreSQL for all tests. Where there is none for the platform they are skipped, and it is said. */
export default async function setUp({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const server = await startPostgres()
  provide('postgres', server?.url)
  if (server === undefined)
    process.stderr.write('The tests on PostgreSQL are skipped: none for this platform.\n')
  return server?.stop
}
