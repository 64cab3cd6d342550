import { setTimeout as wait } from 'node:timers/promises'
import { Prng } from '../simulation/prng.ts'
import { type ServerProcess, spawnServer } from '../support/server-process.ts'
import { Device, type Reply } from './device.ts'

const DEVICES = 12
const ADMIN = { ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'correct horse battery' }

/** Tokens live so short that most requests renew; grace is as long, so that no request in flight misses it. */
const SETTINGS = { ...ADMIN, TOKEN_TTL: '150ms', GRACE: '150ms', LOG_LEVEL: 'error' }

/** What a run of kills found: what was acknowledged, and what of it was broken. */
export interface KillReport {
  readonly kills: number
  readonly logins: number
  readonly renewals: number
  readonly revocations: number
  /** Requests whose answer was lost by a kill. */
  readonly lost: number
  /** Each is a broken promise, in words. */
  readonly broken: readonly string[]
}

type Known = 'none' | 'in' | 'out' | 'unsure'

/** A device, and what its server has acknowledged to it. */
interface Guest {
  readonly device: Device
  known: Known
}

/**
 * Kills a server under load, again and again, with the same database. After each restart, whoever is logged in
 * must be let in, and whoever logged out must not.
 */
export async function runKills(options: {
  readonly kills: number
  readonly seed: number
  readonly database: string
  readonly onKill?: (report: KillReport) => void
}): Promise<KillReport> {
  const chance = new Prng(options.seed)
  const guests: Guest[] = Array.from({ length: DEVICES }, (_, n) => ({
    device: new Device(`device ${n}`),
    known: 'none',
  }))
  const report = { kills: 0, logins: 0, renewals: 0, revocations: 0, lost: 0, broken: [] as string[] }
  const environment = { ...SETTINGS, DATABASE_URL: options.database }

  let server = await spawnServer(environment)
  try {
    while (report.kills < options.kills) {
      const load = { isOver: false }
      const working = guests.map((guest) => work(guest, server, load, chance, report))
      await wait(300 + (chance.whole() % 500))
      await server.kill()
      load.isOver = true
      await Promise.all(working)
      report.kills += 1
      server = await spawnServer(environment)
      for (const guest of guests) await check(guest, server, report)
      options.onKill?.(report)
    }
  } finally {
    await server.kill()
  }
  return report
}

type Counts = { -readonly [Name in keyof KillReport]: KillReport[Name] extends number ? number : string[] }

async function work(
  guest: Guest,
  server: ServerProcess,
  load: { isOver: boolean },
  chance: Prng,
  counts: Counts,
) {
  while (!load.isOver) {
    if (guest.known === 'none' || guest.known === 'out' || guest.known === 'unsure')
      await logIn(guest, server, counts)
    else if (chance.whole() % 15 === 0) await logOut(guest, server, counts)
    else await ask(guest, server, counts)
    await wait(chance.whole() % 40)
  }
}

async function logIn(guest: Guest, { url }: ServerProcess, counts: Counts): Promise<void> {
  const reply = await guest.device.login(url, ADMIN.ADMIN_USERNAME, ADMIN.ADMIN_PASSWORD)
  if (reply.kind === 'lost') {
    guest.known = 'none'
    counts.lost += 1
  } else if (expect(reply, 200, guest, 'a login', counts)) {
    guest.known = 'in'
    counts.logins += 1
  }
}

async function logOut(guest: Guest, { url }: ServerProcess, counts: Counts): Promise<void> {
  const reply = await guest.device.send(url, 'POST', '/logout')
  guest.known = reply.kind === 'lost' ? 'unsure' : 'out'
  if (reply.kind === 'lost') counts.lost += 1
  else if (expect(reply, 204, guest, 'a logout', counts)) counts.revocations += 1
}

async function ask(guest: Guest, { url }: ServerProcess, counts: Counts): Promise<void> {
  const reply = await guest.device.send(url, 'GET', '/verify')
  if (reply.kind === 'lost') counts.lost += 1
  else if (expect(reply, 204, guest, 'a request', counts) && reply.renewed) counts.renewals += 1
}

/** After the restart: what was acknowledged is there. */
async function check(guest: Guest, { url }: ServerProcess, counts: Counts): Promise<void> {
  if (guest.known !== 'in' && guest.known !== 'out') return
  const reply = await guest.device.send(url, 'GET', '/verify')
  expect(reply, guest.known === 'in' ? 204 : 401, guest, `after restart ${counts.kills}`, counts)
}

function expect(
  reply: Reply,
  status: number,
  { device, known }: Guest,
  what: string,
  counts: Counts,
): boolean {
  if (reply.kind === 'answer' && reply.status === status) return true
  const got = reply.kind === 'lost' ? 'no answer' : `${reply.status} ${reply.code ?? ''}`
  counts.broken.push(`${what} of ${device.name} (known as ${known}): ${got} in place of ${status}`)
  return false
}
