import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type PostgresServer, startPostgres } from '../../test/postgres/server.ts'
import { portForNginx, startNginx } from '../nginx/nginx.ts'
import { addressOf, isInstalled, type Program, start } from '../nginx/program.ts'
import { whatToTry } from './what-to-try.ts'

/**
 * What compose.yaml starts, by plain processes: three servers on one PostgreSQL, with one key file; nginx in front of
 * them and of an app, where nginx and Python are installed.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    'token-ttl': { type: 'string', default: '15m' },
  },
})

/** Of an example on loopback, whose users are gone when it ends. */
const PASSWORD = 'correct horse battery'
const NO_FRONT = 'nginx       none: it takes nginx and Python, which are not installed here'

// Asked before anything is started: nginx would complain when all else runs.
const port = await portForNginx(Number(values.port))

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const COMMAND = here('../../bin/sliding-jwt.js')
const folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-example-'))
const programs: Program[] = []
let postgres: PostgresServer | undefined
let isOver = false
const signal = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
try {
  postgres = await startPostgres({ isDurable: true, handlesSignals: true })
  if (postgres === undefined) throw new Error('there is no PostgreSQL for this platform')
  await startAll(postgres.url)
  await signal
} finally {
  isOver = true
  await Promise.all(programs.map((program) => program.stop()))
  await postgres?.stop()
  rmSync(folder, { recursive: true })
}

async function startAll(databaseUrl: string): Promise<void> {
  const settings = settingsOf(databaseUrl)
  makeKeys(settings)
  const names = ['one', 'two', 'three']
  const servers = names.map((name) => run(name, process.execPath, [COMMAND, 'serve'], settings))
  const addresses = await Promise.all(servers.map(addressOf))
  const front = await startFront(addresses)

  say(`PostgreSQL  127.0.0.1:${new URL(databaseUrl).port}`)
  for (const [index, { name, child }] of servers.entries()) {
    say(`${name.padEnd(12)}http://${addresses[index]}  (process ${child.pid})`)
  }
  say(front === undefined ? NO_FRONT : `nginx       http://${front}, in front of the three and of an app`)
  say(whatToTry({ servers: addresses, pidOfTwo: servers[1]?.child.pid, front, password: PASSWORD }))
}

/** What machines that are one service have in common: database, keys, and who may tell a client's address. */
function settingsOf(databaseUrl: string): Record<string, string | undefined> {
  return {
    PATH: process.env['PATH'],
    PORT: '0',
    DATABASE_URL: databaseUrl,
    JWT_KEYS: join(folder, 'keys.json'),
    TRUST_PROXY: 'loopback',
    TOKEN_TTL: values['token-ttl'],
    LOG_LEVEL: 'fatal',
    ADMIN_USERNAME: 'admin',
    ADMIN_PASSWORD: PASSWORD,
  }
}

function makeKeys(env: NodeJS.ProcessEnv): void {
  const { status } = spawnSync(process.execPath, [COMMAND, 'keys', 'add', '--starts', '0'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error('there is no key file')
}

/** The address of nginx, or undefined where it is not installed, or Python is not. */
async function startFront(servers: readonly string[]): Promise<string | undefined> {
  if (!isInstalled('nginx') || !isInstalled('python3')) return undefined
  const app = run('the app', 'python3', [here('../nginx/backend.py'), '--port', '0'], process.env)
  const listen = `127.0.0.1:${port}`
  programs.push(await startNginx({ servers, app: await addressOf(app), listen }))
  return listen
}

/** Starts a program that the others go on without. */
function run(name: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv): Program {
  const program = start(name, command, args, { env })
  programs.push(program)
  void program.ended.then(() => {
    if (!isOver) say(`${name} has ended; the others go on`)
  })
  return program
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
