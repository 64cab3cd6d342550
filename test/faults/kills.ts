import { setTimeout as wait } from 'node:timers/promises'
import { Prng } from '../simulation/prng.ts'
import { type ServerProcess, spawnServer } from '../support/server-process.ts'
import { Device } from './device.ts'
import { type Account, Household, type Load } from './household.ts'
import { Ledger } from './ledger.ts'

const HOUSEHOLDS = 6
const ADMIN = { ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'correct horse battery' }
const ROOT: Account = { id: '', username: ADMIN.ADMIN_USERNAME, password: ADMIN.ADMIN_PASSWORD }

/** Tokens live so short that most requests renew; grace is as short, so that lost answers cost a sibling. */
const SETTINGS = { ...ADMIN, TOKEN_TTL: '150ms', GRACE: '150ms', LOG_LEVEL: 'error' }

export interface KillOptions {
  readonly kills: number
  readonly seed: number
  /** The path of a database that does not exist yet. */
  readonly database: string
  /** Servers beside the one that is killed, on the same file, which go on. Default 0. */
  readonly survivors?: number
  /** Answers between a start and a kill; each number is drawn from these. Default 20 to 250. */
  readonly answers?: { readonly least: number; readonly most: number }
  /** Told after each restart. */
  readonly onRestart?: (report: KillReport) => void
  /** Does something to the file of a dead server. */
  readonly tamper?: (database: string) => void
}

/** What a run of kills found: what was acknowledged, and what of it was broken. */
export interface KillReport {
  readonly kills: number
  /** Kills of a server that was about to start, and perhaps to recover its database. */
  readonly killsAtStart: number
  readonly answers: number
  readonly logins: number
  readonly renewals: number
  readonly revocations: number
  /** Requests whose answer was lost by a kill. */
  readonly lost: number
  /** Acknowledged facts looked for after restarts, in the file and by requests. */
  readonly checks: number
  /** Each is a broken promise, in words. */
  readonly broken: readonly string[]
}

/**
 * Kills a server under load, again and again, with the same database. After each restart every login, renewal
 * and revocation that was ever acknowledged is looked for in the file, and every session is tried. The seed
 * fixes what is done and when the kills come; how requests interleave is the machine's.
 */
export async function runKills(options: KillOptions): Promise<KillReport> {
  const { seed, database, survivors = 0, answers = { least: 20, most: 250 } } = options
  const chance = new Prng(seed)
  const ledger = new Ledger()
  const environment = { ...SETTINGS, DATABASE_URL: database }
  const done = { kills: 0, killsAtStart: 0 }
  const report = (): KillReport => ({ ...done, ...ledger.counts, broken: ledger.broken })

  const servers = [await spawnServer(environment)]
  try {
    for (let count = 0; count < survivors; count += 1) servers.push(await spawnServer(environment))
    const households = await makeHouseholds(servers, seed, ledger)
    while (done.kills < options.kills) {
      await loadAndKill(servers, households, ledger, chance, answers)
      done.kills += 1
      options.tamper?.(database)
      if (chance.chance(0.3)) {
        await killAtStart(environment, chance.between(20, 600))
        done.killsAtStart += 1
      }
      servers[0] = await spawnServer(environment)
      ledger.checkFile(database, `after kill ${done.kills}`)
      for (const { url } of servers) await ledger.checkAnswers(url, `after kill ${done.kills}`)
      options.onRestart?.(report())
    }
  } finally {
    await Promise.all(servers.map((server) => server.kill()))
  }
  return report()
}

async function makeHouseholds(
  [first]: readonly ServerProcess[],
  seed: number,
  ledger: Ledger,
): Promise<Household[]> {
  const url = first?.url ?? ''
  const admin = new Device('admin')
  await admin.login(url, ROOT.username, ROOT.password)
  const households: Household[] = []
  for (let number = 1; number <= HOUSEHOLDS; number += 1) {
    const login = { username: `user${number}`, password: `a password of ${number}` }
    const reply = await admin.send(url, 'POST', '/admin/users', login)
    if (reply.kind !== 'answer' || reply.status !== 201) throw new Error(`no user was made: ${reply.kind}`)
    const { user } = reply.body as { user: { id: string } }
    households.push(new Household({ ...login, id: user.id }, ROOT, new Prng(seed + number), ledger))
  }
  return households
}

/**
 * Kills the first server. The kill comes after a number of answers and a moment more, so that slow machines see
 * as much as fast ones; the others go on for another moment.
 */
async function loadAndKill(
  servers: readonly ServerProcess[],
  households: readonly Household[],
  { counts }: Ledger,
  chance: Prng,
  { least, most }: { readonly least: number; readonly most: number },
): Promise<void> {
  const [victim] = servers as readonly [ServerProcess]
  const loads = servers.map(({ url }) => ({ url, isOver: false }))
  const living = households.map((household, index) => household.live(loads[index % loads.length] as Load))
  const enough = counts.answers + chance.between(least, most)
  while (counts.answers < enough && victim.child.exitCode === null) await wait(1)
  await wait(chance.between(0, 30))
  const killed = victim.kill()
  for (const load of loads) {
    if (load.url !== victim.url) await wait(chance.between(0, 100))
    load.isOver = true
  }
  await Promise.all([killed, ...living])
}

async function killAtStart(environment: Readonly<Record<string, string>>, after: number): Promise<void> {
  const signal = AbortSignal.timeout(after)
  await spawnServer(environment, { signal }).then(
    (server) => server.kill(),
    () => undefined,
  )
}
