import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Device, type Reply } from '../../test/faults/device.ts'
import { Prng } from '../../test/simulation/prng.ts'
import { spawnServer } from '../../test/support/server-process.ts'
import { slopeOf } from './slope.ts'

/**
 * `npm run soak -- --minutes M`: logins, renewals, revocations and pruning against a real server; prints memory,
 * errors and the size of the WAL, and ends with exit code 1 where memory grows or a request goes wrong.
 */
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '3' }, seed: { type: 'string', default: '1' } },
})
const DEVICES = 40
const SAMPLE_MS = 5_000

/** A process that leaks a kilobyte for each login grows by more than this; what the collector leaves lying does not. */
const MOST_GROWTH_MB_PER_HOUR = 60

const folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-soak-'))
const database = join(folder, 'sessions.db')
const admin = { ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'correct horse battery' }
const server = await spawnServer({
  ...admin,
  DATABASE_URL: database,
  TOKEN_TTL: '500ms',
  GRACE: '500ms',
  IDLE_TIMEOUT: '20s',
  MAX_AGE: '60s',
  LOG_LEVEL: 'error',
})
const end = Date.now() + Number(values.minutes) * 60_000
const counts = { requests: 0, logins: 0, renewals: 0, logouts: 0, over: 0, wrong: 0 }
const samples: { seconds: number; rss: number }[] = []
const chance = new Prng(Number(values.seed))

try {
  await Promise.all([...Array.from({ length: DEVICES }, (_, n) => live(new Device(`device ${n}`))), watch()])
} finally {
  await server.kill()
  rmSync(folder, { recursive: true })
}
report()

async function live(device: Device): Promise<void> {
  while (Date.now() < end) {
    if (device.token === undefined) await logIn(device)
    else if (chance.chance(0.02)) await logOut(device)
    else note(await device.send(server.url, 'GET', chance.chance(0.2) ? '/me/sessions' : '/verify'), device)
    await wait(chance.between(10, 120))
  }
}

async function logIn(device: Device): Promise<void> {
  counts.logins += 1
  note(await device.login(server.url, admin.ADMIN_USERNAME, admin.ADMIN_PASSWORD), device)
}

async function logOut(device: Device): Promise<void> {
  counts.logouts += 1
  note(await device.send(server.url, 'POST', '/logout'), device)
  device.token = undefined
}

/** A session may be over; all else must be answered well. */
function note(reply: Reply, device: Device): void {
  counts.requests += 1
  if (reply.kind === 'answer' && reply.renewed) counts.renewals += 1
  if (reply.kind === 'answer' && reply.status < 300) return
  if (reply.kind === 'answer' && reply.code === 'session_expired') counts.over += 1
  else {
    counts.wrong += 1
    console.log(`${device.name}: ${reply.kind === 'lost' ? 'no answer' : `${reply.status} ${reply.code}`}`)
  }
  device.token = undefined
}

async function watch(): Promise<void> {
  const start = Date.now()
  while (Date.now() < end) {
    await wait(SAMPLE_MS)
    const rss = memoryOf(server.child.pid ?? 0)
    samples.push({ seconds: (Date.now() - start) / 1000, rss })
    const wal = statSync(`${database}-wal`).size / 1e6
    const line = `${samples.at(-1)?.seconds.toFixed(0)} s  RSS ${rss.toFixed(1)} MB  WAL ${wal.toFixed(1)} MB`
    console.log(`${line}  ${counts.requests} requests  ${counts.renewals} renewals  ${counts.wrong} wrong`)
  }
}

function memoryOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}

function report(): void {
  // The first half warms up: threads of argon2 and the heap find their size.
  const warm = samples.slice(Math.floor(samples.length / 2))
  const growth = slopeOf(warm.map(({ seconds, rss }) => [seconds / 3600, rss] as const))
  console.log(JSON.stringify({ ...counts, growthMbPerHour: Math.round(growth) }))
  const isFlat = growth <= MOST_GROWTH_MB_PER_HOUR
  if (!isFlat) console.log(`memory grows by ${growth.toFixed(0)} MB an hour`)
  process.exitCode = isFlat && counts.wrong === 0 ? 0 : 1
}
