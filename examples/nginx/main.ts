import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { portForNginx, startNginx } from './nginx.ts'
import { addressOf, type Program, start } from './program.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    'token-ttl': { type: 'string', default: '15m' },
  },
})

/** Of an example on loopback, whose users are gone when it ends. */
const PASSWORD = 'correct horse battery'

// Asked before anything is started: nginx would complain when all else runs.
const port = await portForNginx(Number(values.port))

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-example-'))
const programs: Program[] = []
const signal = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => undefined)
try {
  await startAll()
  const broken = await Promise.race([signal, ...programs.map(({ name, ended }) => ended.then(() => name))])
  if (broken !== undefined) throw new Error(`${broken} has ended by itself`)
} finally {
  await Promise.all(programs.map((program) => program.stop()))
  rmSync(folder, { recursive: true })
}

/** sliding-jwt and the app, and nginx in front of both. */
async function startAll(): Promise<void> {
  const server = start('sliding-jwt', process.execPath, [here('../../bin/sliding-jwt.js'), 'serve'], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      DATABASE_URL: join(folder, 'sessions.db'),
      TRUST_PROXY: 'loopback',
      TOKEN_TTL: values['token-ttl'],
      LOG_LEVEL: 'error',
      ADMIN_USERNAME: 'admin',
      ADMIN_PASSWORD: PASSWORD,
    },
  })
  const app = start('the app', 'python3', [here('backend.py'), '--port', '0'])
  programs.push(server, app)
  const [serverAddress, appAddress] = await Promise.all([addressOf(server), addressOf(app)])
  const listen = `127.0.0.1:${port}`
  programs.push(await startNginx({ servers: [serverAddress], app: appAddress, listen }))
  process.stdout.write(`nginx listens on http://${listen}: the user is admin, the password ${PASSWORD}\n`)
}
