import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Child } from './child.ts'
import type { Options } from './options.ts'
import { type Pair, round } from './pairing.ts'
import type { Progress } from './progress.ts'
import { type Row, toRow } from './results.ts'
import { CROWD } from './revoking.ts'
import type { questions } from './store-worker.ts'

/** The first ones compile what is hot; not counted. */
const WARM_UP = 5

/** Pairs for each round of the rest: one takes no more than milliseconds. */
const PER_ROUND = 3

/** What it costs to revoke 1,000 sessions of one user, durable, paired with the same change in bare SQL. */
export async function measureRevokeAll(folder: string, options: Options, progress: Progress): Promise<Row[]> {
  progress.say(`revoking ${CROWD} sessions of a user, again and again`)
  const count = WARM_UP + options.storeRounds * PER_ROUND
  const about = {
    database: join(folder, 'revoke-all.db'),
    secret: randomBytes(32).toString('base64url'),
    count: count * CROWD,
  }
  const filler = new Child<typeof questions>('store-worker.ts', 'load')
  const worker = new Child<typeof questions>('store-worker.ts', 'server')
  try {
    const { pattern } = await filler.ask('fill', { kind: 'crowded', ...about })
    await worker.ask('openRevoking', { ...about, pattern })
    const pairs: Pair[] = []
    for (let done = 0; done < count; done += 1) {
      const ours = { subject: 'ours', slice: () => worker.ask('revoke') }
      const pair = (await round(() => worker.ask('revokeBare'), [ours])).get('ours')
      if (pair !== undefined && done >= WARM_UP) pairs.push(pair)
    }
    const title = `sliding-jwt, ${CROWD} sessions of one user`
    return [toRow({ path: 'revoke-all', name: 'ours', title }, pairs)]
  } finally {
    await Promise.all([filler.stop(), worker.stop()])
  }
}
