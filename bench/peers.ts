import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Installs the peers where they are missing; they are no dependencies of the project. */
export function installPeers(): void {
  const folder = import.meta.dirname
  if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) return
  process.stderr.write('installing the peers (npm ci --prefix bench)\n')
  execFileSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'], { stdio: ['ignore', 2, 2] })
}
