import { parseArgs } from 'node:util'
import pg from 'pg'
import { openSessionStore } from '../../src/stores/open.ts'
import { startPostgres } from '../../test/postgres/server.ts'
import { fill, sampleKeys } from './fill.ts'
import { measureLatency } from './latency.ts'
import { measureRenewals } from './renewals.ts'
import { measureSizes, timeOf } from './sizes.ts'

/**
 * `npm run postgres -- --sessions N --seconds S --revocations R`: what a PostgreSQL of this machine does with N
 * sessions: room, renewals beside bare updates, pruning, and how soon other processes know of a revocation. Its
 * commits wait for the disk.
 */
const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '10' },
    revocations: { type: 'string', default: '300' },
  },
})

const server = await startPostgres({ isDurable: true })
if (server === undefined) throw new Error('there is no PostgreSQL for this platform')
try {
  await measure(server.url)
} finally {
  await server.stop()
}

async function measure(url: string): Promise<void> {
  const store = await openSessionStore(url)
  const pool = new pg.Pool({ connectionString: url, max: 10 })
  // The server is stopped while connections are still saying goodbye.
  pool.on('error', () => undefined)
  try {
    const sessions = Number(values.sessions)
    await fill(pool, sessions)
    await printSizes(pool, `${sessions} sessions`)
    const keys = await sampleKeys(pool, sessions)

    const { ours, bare, ratio, nodeShare } = await measureRenewals(store, pool, keys, Number(values.seconds))
    print(
      'renewals a second',
      `${ours.toFixed(0)} (durable; Node took ${(nodeShare * 100).toFixed(0)} % of a core)`,
    )
    print('bare updates a second', `${bare.toFixed(0)}; ratio ${ratio.toFixed(2)}`)
    await printSizes(pool, 'after them')

    const ended = { createdAt: 0, updatedAt: 0, revokedAt: 0 }
    const pruned = await timeOf(() => store.prune(ended, Date.now()))
    print('a pruning that finds nothing', `${pruned.toFixed(0)} ms`)
    await fillOne(pool)
    const revoked = await timeOf(() => store.revoke({ userId: 'one' }, 'revoked', Date.now()))
    print('revoking 1,000 sessions of one user', `${revoked.toFixed(1)} ms`)

    const { p50, p99, max, count } = await measureLatency(store, url, Number(values.revocations))
    const figures = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(1)} ms`
    print(`a revocation is known in 3 other processes`, `${figures} (${count} times)`)
  } finally {
    await pool.end()
    await store.close()
  }
}

async function fillOne(pool: pg.Pool): Promise<void> {
  await fill(pool, 1_000, 'one')
}

async function printSizes(pool: pg.Pool, when: string): Promise<void> {
  const { table, indexes, hot } = await measureSizes(pool)
  const onPage = hot === undefined ? '' : `; ${(hot * 100).toFixed(1)} % of updates stayed on their page`
  print(`bytes a session, ${when}`, `${table.toFixed(0)} + ${indexes.toFixed(0)} of indexes${onPage}`)
}

function print(what: string, figure: string): void {
  console.log(`${what.padEnd(44)} ${figure}`)
}
