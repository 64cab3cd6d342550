import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { readPolicy } from '../src/index.ts'
import { Child } from './child.ts'
import type { Options } from './options.ts'
import type { Outcome } from './outcome.ts'
import type { Progress } from './progress.ts'
import type { questions } from './store-worker.ts'

/** Shows what the default of `cacheSize` takes. */
export async function memory(folder: string, _options: Options, progress: Progress): Promise<Outcome> {
  const { cacheSize } = readPolicy({})
  const about = {
    database: join(folder, 'memory.db'),
    secret: randomBytes(32).toString('base64url'),
    count: 2 * cacheSize,
  }
  progress.say(`filling a database with ${about.count} sessions`)
  const worker = new Child<typeof questions>('store-worker.ts', 'server')
  try {
    const { pattern } = await worker.ask('fill', { kind: 'growing', ...about })
    progress.say('using them, one after the other')
    const bytes = await worker.ask('bytesInMemory', { ...about, pattern, cacheSize })
    const megabytes = (bytes / 2 ** 20).toFixed(1)
    const each = Math.round(bytes / cacheSize)
    const text = `${megabytes} MB of memory at most with cacheSize ${cacheSize}: ${each} bytes for a session and a token\n`
    return { text, exitCode: 0 }
  } finally {
    await worker.stop()
  }
}
