import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Child } from './child.ts'
import { FEWEST_ROUNDS, type Options } from './options.ts'
import { collect, type Pair, round, type Slice } from './pairing.ts'
import type { Progress } from './progress.ts'
import { type Row, toRow } from './results.ts'
import type { questions } from './store-worker.ts'

/** Half as long as a slice of requests: there is no connection to open. */
const SLICE_MS = 400

/** Slices of each that do not count. */
const WARM_UPS = 4

/** A database of some size, and the process that works on it. */
interface Grown {
  readonly count: number
  readonly overhead: number
  readonly worker: Child<typeof questions>
  readonly slice: () => Promise<Slice>
}

/** What a renewal costs in databases of several sizes, each paired with the smallest. */
export async function measureGrowth(folder: string, options: Options, progress: Progress): Promise<Row[]> {
  const all: Grown[] = []
  try {
    for (const count of options.sizes) {
      progress.say(`filling a database with ${sizeName(count)} sessions`)
      all.push(await grow(folder, count))
    }
    for (let turn = 0; turn < WARM_UPS; turn += 1) for (const { slice } of all) await slice()
    return await measure(all, options, progress)
  } finally {
    await Promise.all(all.map(({ worker }) => worker.stop()))
  }
}

/** `10k`, `1M`. */
export function sizeName(count: number): string {
  return count < 1_000_000 ? `${count / 1_000}k` : `${count / 1_000_000}M`
}

/** Filled by one process and used by another, so that the memory of the first does not count. */
async function grow(folder: string, count: number): Promise<Grown> {
  const about = {
    database: join(folder, `growth-${count}.db`),
    secret: randomBytes(32).toString('base64url'),
    count,
  }
  const filler = new Child<typeof questions>('store-worker.ts', 'load')
  const { pattern, overhead } = await filler.ask('fill', { kind: 'growing', ...about })
  await filler.stop()
  const worker = new Child<typeof questions>('store-worker.ts', 'server')
  await worker.ask('openRenewing', { ...about, pattern })
  return { count, overhead, worker, slice: () => worker.ask('renew', SLICE_MS) }
}

async function measure(
  all: readonly Grown[],
  { storeRounds: rounds, until }: Options,
  progress: Progress,
): Promise<Row[]> {
  const [smallest] = all
  if (smallest === undefined) return []
  const pairs = new Map<Grown, Pair[]>()
  for (let done = 0; done < rounds; done += 1) {
    if (done >= FEWEST_ROUNDS && progress.seconds > until.growth) break
    progress.say(`renewals in databases of ${all.length} sizes, round ${done + 1} of ${rounds}`)
    collect(
      pairs,
      await round(
        smallest.slice,
        all.map((subject) => ({ subject, slice: subject.slice })),
      ),
    )
  }
  return Promise.all(
    all.map(async (grown) => {
      const { count, overhead, worker } = grown
      const name = sizeName(count)
      const memory = await worker.ask('memory')
      const title = `renewal among ${name} sessions`
      return toRow({ path: 'growth', name, title, sessions: count, overhead, memory }, pairs.get(grown) ?? [])
    }),
  )
}
