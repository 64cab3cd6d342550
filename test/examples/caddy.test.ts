import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import { type Addresses, untilListening } from '../../examples/nginx/nginx.ts'
import { type Program, start } from '../../examples/nginx/program.ts'
import { forwardAuth } from './forward-auth.ts'
import { isInstalled } from './run.ts'

/** Runs Caddy on the configuration that the documentation shows. */
async function startCaddy({ servers, app, listen }: Addresses): Promise<Program> {
  const page = readFileSync(new URL('../../docs/deploying.md', import.meta.url), 'utf8')
  const [, shown = ''] = /^```caddyfile\n(.*?)^```$/ms.exec(page) ?? []
  const site = shown
    .replace('app.example.org', `http://${listen}`)
    .replaceAll('127.0.0.1:3000', servers.join(' '))
    .replaceAll('127.0.0.1:8000', app)
  const folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-caddy-'))
  const path = join(folder, 'Caddyfile')
  writeFileSync(path, `{\n\tadmin off\n\tlog {\n\t\toutput discard\n\t}\n}\n${site}`)
  const caddy = start('caddy', 'caddy', ['run', '--config', path, '--adapter', 'caddyfile'], {
    env: { PATH: process.env['PATH'], HOME: folder },
  })
  const ended = caddy.ended.finally(() => rmSync(folder, { recursive: true }))
  await untilListening(listen, caddy)
  return { ...caddy, ended }
}

describe.skipIf(!isInstalled('python3') || !isInstalled('caddy'))('docs/deploying.md: Caddy', () => {
  forwardAuth(startCaddy, [502, undefined])
})
