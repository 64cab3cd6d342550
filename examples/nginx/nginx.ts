import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PATH, type Program, start } from './program.ts'

/** Who is where, such as `127.0.0.1:3000`. */
export interface Addresses {
  /** Of sliding-jwt: one, or several on one database. */
  readonly servers: readonly string[]
  readonly app: string
  /** Where nginx listens. */
  readonly listen: string
}

/** Runs nginx on the configuration of this example; resolves when it listens. */
export async function startNginx({ servers, app, listen }: Addresses): Promise<Program> {
  const example = readFileSync(new URL('sliding-jwt.conf', import.meta.url), 'utf8')
    .replace('server 127.0.0.1:3000;', servers.map((server) => `server ${server};`).join(' '))
    .replace('127.0.0.1:8000', app)
    .replace('127.0.0.1:8080', listen)
  return runNginx(example, listen)
}

/** Runs nginx on a site, in a folder that goes when it ends; resolves when it listens. */
export async function runNginx(site: string, listen: string): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-nginx-'))
  // The worker may be another user than the one who made the folder.
  chmodSync(folder, 0o755)
  writeFileSync(join(folder, 'nginx.conf'), wholeOf(site))
  const nginx = start('nginx', 'nginx', ['-p', folder, '-c', 'nginx.conf'], { env: { PATH } })
  const ended = nginx.ended.finally(() => rmSync(folder, { recursive: true }))
  await untilListening(listen, nginx)
  return { ...nginx, ended }
}

/** What nginx needs around a site to run by itself, with everything that it writes in its folder. */
function wholeOf(site: string): string {
  const written = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return [
    'daemon off;',
    'worker_processes 1;',
    'error_log stderr crit;',
    'pid nginx.pid;',
    'events {}',
    'http {',
    'access_log off;',
    ...written.map((what) => `${what}_temp_path ${what};`),
    site,
    '}',
    '',
  ].join('\n')
}

/** A port that nobody listens on just now: the one that is wanted, or any; rejects where somebody does. */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer().listen(wanted, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('there is no free port')
  return address.port
}

/** The port for nginx: the one that is wanted, or any for 0; ends the program where it is taken. */
export function portForNginx(wanted: number): Promise<number> {
  return freePort(wanted).catch(({ message }: Error) => {
    process.stderr.write(`nginx cannot start: ${message}\n`)
    process.exit(1)
  })
}

/** A proxy says nothing when it listens; so it is asked until it answers, whatever that is. */
export async function untilListening(address: string, { name, ended }: Program): Promise<void> {
  let hasEnded = false
  void ended.finally(() => {
    hasEnded = true
  })
  for (;;) {
    const isThere = await fetch(`http://${address}/`).then(
      () => true,
      () => false,
    )
    if (isThere) return
    if (hasEnded) throw new Error(`${name} did not start`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
