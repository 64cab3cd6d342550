import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { ROOT } from './blocks.ts'
import type { Step } from './transcript.ts'

/** What came of a command: what it printed, and whether it succeeded; a server is one that runs. */
export interface Result {
  readonly printed: string
  readonly isSuccess: boolean
}

/** Within the repository, from which an app finds its packages. */
const REPORTS = fileURLToPath(new URL('reports/', ROOT))

/** Longer than the commands of any page; who waits longer has been left without an answer. */
const LONGEST_MS = 50_000

/**
 * Runs the commands of a page one after the other, as a reader would: in a folder of their own with the program that
 * the page shows, a server in the background until the next one starts, and with the latest `X-JWT` in `$TOKEN`.
 * Their port 3000 is another one here.
 */
export async function runCommands(
  steps: readonly Step[],
  port: number,
  program: string | undefined,
): Promise<Result[]> {
  mkdirSync(REPORTS, { recursive: true })
  const folder = mkdtempSync(join(REPORTS, 'docs-'))
  try {
    const bin = makePrograms(folder)
    if (program !== undefined) writeFileSync(join(folder, 'app.mjs'), program.replace(':3000', `:${port}`))
    const script = [PRELUDE, ...steps.map((step, index) => scriptOf(step, index))].join('\n')
    const child = spawn('bash', ['-c', script.replaceAll(':3000', `:${port}`)], {
      cwd: folder,
      env: { PATH: `${bin}:${process.env['PATH']}`, HOME: folder, PORT: String(port), LOG_LEVEL: 'error' },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: LONGEST_MS,
    })
    const [said] = await Promise.all([text(child.stderr), once(child, 'close')])
    return steps.map((_step, index) => ({
      printed: read(join(folder, `out.${index}`), said).replaceAll(`:${port}`, ':3000'),
      isSuccess: read(join(folder, `status.${index}`), '').trim() === '0',
    }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Job control gives each command a process group, by which servers end together with what they started. Commands
 * are waited for as jobs, so that the shell can be told to stop in between.
 */
const PRELUDE = `
set -m
TOKEN=
trap 'exit 1' TERM
stop() { for job in $(jobs -p); do kill -- "-$job"; done; wait; }
trap stop EXIT
keep() { local new; new=$(grep -io '^x-jwt: .*' "$1" | tail -n 1 | cut -d ' ' -f 2 | tr -d '\\r'); TOKEN=\${new:-$TOKEN}; }
listens() { for _ in $(seq 600); do grep -q 'listens on' "$1" && return; sleep 0.05; done; return 1; }
`

function scriptOf({ command, shown }: Step, index: number): string {
  const [out, status] = [`out.${index}`, `status.${index}`]
  if (command.startsWith('TOKEN=')) return `${command}\ntest -n "$TOKEN"; echo $? > ${status}`
  const job = `{ ${command}\n} > ${out} 2>&1 < /dev/null &`
  if (/listens on/.test(shown)) return `stop; ${job} listens ${out}; echo $? > ${status}`
  return `${job} wait $!; echo $? > ${status}; keep ${out}`
}

/** `sliding-jwt` and `npx` as where it is installed, and the `npm start` of a checkout without the build before it. */
function makePrograms(folder: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const command = fileURLToPath(new URL('bin/sliding-jwt.js', ROOT))
  const programs = {
    'sliding-jwt': `exec '${process.execPath}' '${command}' "$@"`,
    npx: `[ "$1" = sliding-jwt ] && exec "$@"; echo "npx $* is not run here" >&2; exit 1`,
    node: `exec '${process.execPath}' --no-warnings "$@"`,
    npm: `[ "$1" = start ] && exec sliding-jwt serve; echo "npm $* is not run here" >&2; exit 1`,
  }
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  return bin
}

function read(path: string, otherwise: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : otherwise
}
