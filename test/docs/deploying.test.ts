import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { freePort, runNginx } from '../../examples/nginx/nginx.ts'
import { COMMANDS } from '../../src/cli/commands.ts'
import { readConfig } from '../../src/server/config.ts'
import { SETTINGS } from '../../src/server/settings.ts'
import { isInstalled } from '../examples/run.ts'
import { spawnServer } from '../support/server-process.ts'
import { blocksOf, ROOT } from './blocks.ts'

const codeOf = (language: string): string =>
  blocksOf('docs/deploying.md').find((block) => block.language === language)?.code ?? ''

const PASSWORD = 'correct horse battery'
const ADMIN = { ADMIN_USERNAME: 'admin', ADMIN_PASSWORD: PASSWORD, LOG_LEVEL: 'error' }
const VARIABLES = SETTINGS.map(({ variable }) => variable)

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-deploying-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe.skipIf(!isInstalled('nginx') || !isInstalled('openssl'))('docs/deploying.md: nginx with TLS', () => {
  it('hands logins and renewals through, and tells who the client is', async () => {
    const folder = makeFolder()
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    const host = /server_name (\S+);/.exec(codeOf('nginx'))?.[1] ?? ''
    const made = ['-nodes', '-days', '2', '-keyout', key, '-out', cert, '-subj', `/CN=${host}`]
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
    execFileSync('openssl', ['req', '-x509', ...curve, ...made, '-addext', `subjectAltName=DNS:${host}`], {
      stdio: 'ignore',
    })
    const server = await spawnServer({
      ...ADMIN,
      DATABASE_URL: join(folder, 'sessions.db'),
      TRUST_PROXY: 'loopback',
      TOKEN_TTL: '1s',
    })
    onTestFinished(() => void server.stop())
    const port = await freePort()
    const site = codeOf('nginx')
      .replace('listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`)
      .replace(/\/etc\/ssl\/\S+\.pem/, cert)
      .replace(/\/etc\/ssl\/\S+\.key/, key)
      .replace('http://127.0.0.1:3000', server.url)
    const nginx = await runNginx(site, `127.0.0.1:${port}`)
    onTestFinished(() => nginx.stop())
    const ask = asker({ host: '127.0.0.1', port, servername: host, ca: readFileSync(cert) })

    const body = JSON.stringify({ username: 'admin', password: PASSWORD })
    const login = await ask('POST', '/login', { Host: host, 'Content-Type': 'application/json' }, body)
    expect(login.status).toBe(200)
    const token = login.headers['x-jwt']
    expect((await ask('GET', '/me', { Host: host })).status).toBe(401)

    // Nobody chooses the address that is recorded.
    const headers = { Host: host, Authorization: `Bearer ${token}`, 'X-Forwarded-For': '203.0.113.9' }
    for (;;) {
      const { status, headers: answered, body: said } = await ask('GET', '/me', headers)
      expect(status, said).toBe(200)
      if (answered['x-jwt'] === undefined) continue
      expect(answered['x-jwt']).not.toBe(token)
      const renewed = { Host: host, Authorization: `Bearer ${answered['x-jwt']}` }
      const sessions = await ask('GET', '/me/sessions', renewed)
      expect(sessions.status).toBe(200)
      expect(sessions.body).toContain('"127.0.0.1"')
      expect(sessions.body).not.toContain('203.0.113.9')
      return
    }
  })
})

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Asks by TLS, with the certificate checked. */
function asker(to: { host: string; port: number; servername: string; ca: Buffer }) {
  return async (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body = '',
  ): Promise<Answer> => {
    const asking = request({ ...to, method, path, headers, agent: false }).end(body)
    const [answer] = await once(asking, 'response')
    return { status: answer.statusCode, headers: answer.headers, body: await text(answer) }
  }
}

describe('docs/deploying.md: systemd', () => {
  const unit = codeOf('ini')

  it('has settings that the server takes, and starts it', () => {
    const lines = [...unit.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ])
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.filter(([name = '']) => !VARIABLES.includes(name))).toEqual([])
    const config = readConfig(Object.fromEntries(lines))
    expect(config.trustProxy).toBe('loopback')
    const [, folder] = /^StateDirectory=(.+)$/m.exec(unit) ?? []
    expect(config.databaseUrl).toMatch(new RegExp(`^/var/lib/${folder}/`))
    const [, command] = /^ExecStart=\/usr\/bin\/env sliding-jwt (.+)$/m.exec(unit) ?? []
    expect(COMMANDS.map(({ name }) => name)).toContain(command)
  })

  it.skipIf(!isInstalled('systemd-analyze'))('is a unit that systemd takes', () => {
    expect(verify(unit)).toBe('')
    expect(verify(unit.replace('ProtectHome', 'ProtectHouse'))).toContain('ProtectHouse')
  })
})

describe.skipIf(!isInstalled('bash'))('docs/deploying.md: the first admin beside systemd', () => {
  const unit = codeOf('ini')
  const code = codeOf('sh')

  it('is made by what systemd would run, for the user and in the folder of the unit', async () => {
    const [, folder] = /^StateDirectory=(.+)$/m.exec(unit) ?? []
    const home = makeFolder()
    const command = fileURLToPath(new URL('bin/sliding-jwt.js', ROOT))
    // systemd itself: what it is told, and then the command that it runs.
    const systemd = `
systemctl() { [ "$*" = 'enable --now ${folder}' ]; }
systemd-run() { while [[ $1 == --* ]]; do echo "$1"; shift; done; "$@"; }
sliding-jwt() { '${process.execPath}' '${command}' "$@"; }
`
    const script = systemd + code.replaceAll(`/var/lib/${folder}`, home)
    const { stdout } = spawnSync('bash', ['-euc', script], {
      input: `${PASSWORD}\n`,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    })
    const properties = [...stdout.matchAll(/^--property=(.+)$/gm)].map(([, property]) => property)
    expect(unit).toMatch(/^DynamicUser=yes$/m)
    expect(properties).toEqual(['DynamicUser=yes', `User=${folder}`, `StateDirectory=${folder}`])
    expect(stdout).toMatch(/Added (admin|user) admin\.\n$/)
    const list = [command, 'user', 'list', '--json', '--database-url', join(home, 'sliding-jwt.db')]
    const { users } = JSON.parse(execFileSync(process.execPath, list, { encoding: 'utf8' }))
    expect(users).toMatchObject([{ username: 'admin', role: 'admin' }])
  })
})

/** What systemd has to say of a unit, beside what it says of this machine’s others. */
function verify(unit: string): string {
  const path = join(makeFolder(), 'sliding-jwt.service')
  writeFileSync(path, unit)
  const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' })
  return stderr
    .split('\n')
    .filter((line) => line.includes('sliding-jwt'))
    .join('\n')
}

describe('docs/deploying.md: the container', () => {
  const dockerfile = codeOf('dockerfile')
  const [, environment = ''] = /^ENV (.+)$/m.exec(dockerfile) ?? []
  const values = Object.fromEntries(environment.split(' ').map((each) => each.split('=')))
  const commandOf = (pattern: RegExp): string[] => JSON.parse(pattern.exec(dockerfile)?.[1] ?? '[]')

  it('is that of the example', () => {
    const example = new URL('../../examples/several-machines/Dockerfile', import.meta.url)
    expect(readFileSync(example, 'utf8')).toBe(dockerfile)
  })

  it('is told settings that there are: the database in the volume, the port that it exposes', () => {
    expect(Object.keys(values).filter((name) => !VARIABLES.includes(name))).toEqual([])
    const { host, port, databaseUrl } = readConfig(values)
    const [, volume] = /^VOLUME (.+)$/m.exec(dockerfile) ?? []
    expect([host, databaseUrl.startsWith(`${volume}/`)]).toEqual(['0.0.0.0', true])
    expect(dockerfile).toContain(`EXPOSE ${port}\n`)
    const [, home] = /^WORKDIR (.+)$/m.exec(dockerfile) ?? []
    const [, mode, made] = /^RUN mkdir --mode (\d+) (\S+)$/m.exec(dockerfile) ?? []
    expect([`${home}/${made}`, mode]).toEqual([volume, '700'])
  })

  it('starts the server, and finds it healthy for as long as it runs', async () => {
    const [program, command] = commandOf(/^CMD (.+)$/m)
    expect([program, COMMANDS.map(({ name }) => name).includes(command ?? '')]).toEqual(['sliding-jwt', true])
    const server = await spawnServer({ ...ADMIN, DATABASE_URL: join(makeFolder(), 'sliding-jwt.db') })
    onTestFinished(() => void server.stop())
    const [node, flag = '', script = ''] = commandOf(/^HEALTHCHECK .*CMD (.+)$/m)
    expect([node, flag]).toEqual(['node', '--eval'])
    expect(script).toContain('http://127.0.0.1:3000/')
    const check = async () => {
      const child = spawn(process.execPath, [flag, script.replace('http://127.0.0.1:3000', server.url)], {
        stdio: 'ignore',
      })
      return (await once(child, 'exit'))[0]
    }
    expect(await check()).toBe(0)
    await server.stop()
    expect(await check()).toBe(1)
  })
})
