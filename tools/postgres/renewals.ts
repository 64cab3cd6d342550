import type pg from 'pg'
import type { SessionStore } from '../../src/stores/store.ts'

/** Requests that are waiting for a renewal at any time. */
const AT_ONCE = 256

/** Slices of each contestant, in turns. */
const SLICES = 5

const CLIENT = { ip: '203.0.113.7', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) browser 1' }

export interface Renewals {
  /** A second, in the median. */
  readonly ours: number
  readonly bare: number
  /** The median of the ratios of neighbouring slices. */
  readonly ratio: number
  /** Of one core, while the store renewed. */
  readonly nodeShare: number
}

/** Renewals by the store beside the same update by a plain loop over the same number of connections. */
export async function measureRenewals(
  store: SessionStore,
  pool: pg.Pool,
  keys: readonly string[],
  seconds: number,
): Promise<Renewals> {
  const generations = new Map<string, number>()
  let next = 0
  const takeKey = () => keys[(next++ * 7_919) % keys.length] as string

  const renew = async () => {
    const jti = takeKey()
    const issued = generations.get(jti) ?? 0
    generations.set(jti, issued + 1)
    const lineage = { issued: issued + 1, seen: 0, floor: 0, parent: issued }
    const isWritten = await store.renew({
      jti,
      expected: { issued, seen: 0 },
      lineage,
      at: Date.now(),
      client: CLIENT,
    })
    if (!isWritten) throw new Error('a renewal was not written')
  }
  const update = async () => {
    const jti = takeKey()
    const issued = generations.get(jti) ?? 0
    generations.set(jti, issued + 1)
    const { rowCount } = await pool.query({
      ...BARE,
      values: [Buffer.from(jti, 'base64url').toString('hex'), issued, Date.now()],
    })
    if (rowCount !== 1) throw new Error('an update was not written')
  }

  await run(renew, 0.5)
  await run(update, 0.5)
  const slices: { ours: number; bare: number; share: number }[] = []
  for (let slice = 0; slice < SLICES; slice += 1) {
    const length = seconds / SLICES / 2
    const ours = await run(renew, length)
    const bare = await run(update, length)
    slices.push({ ours: ours.rate, bare: bare.rate, share: ours.share })
  }
  return {
    ours: median(slices.map(({ ours }) => ours)),
    bare: median(slices.map(({ bare }) => bare)),
    ratio: median(slices.map(({ ours, bare }) => ours / bare)),
    nodeShare: median(slices.map(({ share }) => share)),
  }
}

const BARE = {
  name: 'bare',
  text: `UPDATE sliding_sessions SET issued = issued + 1, parent = issued, updated_at = $3
    WHERE jti = $1 AND issued = $2 AND valid`,
}

async function run(act: () => Promise<void>, seconds: number): Promise<{ rate: number; share: number }> {
  const begun = performance.now()
  const cpu = process.cpuUsage()
  const end = begun + seconds * 1000
  let count = 0
  const worker = async () => {
    for (; performance.now() < end; count += 1) await act()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  const took = performance.now() - begun
  const { user, system } = process.cpuUsage(cpu)
  return { rate: (count / took) * 1000, share: (user + system) / 1000 / took }
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}
