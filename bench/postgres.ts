import { Child } from './child.ts'
import type { questions } from './postgres-server.ts'
import type { Progress } from './progress.ts'

/** A PostgreSQL whose commits wait for the disk, on the load's core. */
export interface Postgres {
  /** The URL of an empty place in it. */
  place(): Promise<string>
  stop(): Promise<void>
}

/** Starts one; undefined, with a line that says why, where that cannot be. */
export async function startPostgres(progress: Progress): Promise<Postgres | undefined> {
  const child = new Child<typeof questions>('postgres-server.ts', 'load')
  try {
    await child.ask('start')
  } catch (error) {
    await child.stop()
    progress.note(`no PostgreSQL, so its rows are left out: ${beginningOf(error as Error)}`)
    return undefined
  }
  return { place: () => child.ask('place'), stop: () => child.stop() }
}

function beginningOf({ message }: Error): string {
  return message.split('\n')[0] ?? ''
}
