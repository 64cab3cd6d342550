import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { ROOT } from './blocks.ts'
import type { Step } from './transcript.ts'

/** What came of the commands of a page. */
export interface Session {
  /** What each has printed; one for each that was begun. */
  readonly outputs: readonly string[]
  /** What the shell itself said, for the message of a test that fails. */
  readonly said: string
}

/**
 * Runs the commands of a page one after the other, as a reader would: in a folder of their own, a server in the
 * background, and with the latest `X-JWT` in `$TOKEN`. Their port 3000 is another one here.
 */
export async function runCommands(steps: readonly Step[], port: number): Promise<Session> {
  const folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-docs-'))
  try {
    const bin = makePrograms(folder)
    const script = [PRELUDE, ...steps.map((step, index) => scriptOf(step, index))].join('\n')
    const child = spawn('bash', ['-c', script.replaceAll(':3000', `:${port}`)], {
      cwd: folder,
      env: { PATH: `${bin}:${process.env['PATH']}`, HOME: folder, PORT: String(port), LOG_LEVEL: 'error' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const [said] = await Promise.all([text(child.stderr), once(child, 'close')])
    const outputs = steps.flatMap((_step, index) => read(join(folder, `out.${index}`)))
    return { outputs: outputs.map((output) => output.replaceAll(`:${port}`, ':3000')), said }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Job control gives each server a process group, by which it is ended together with what it started. */
const PRELUDE = `
set -m
TOKEN=
trap 'for job in $(jobs -p); do kill -- "-$job"; done; wait' EXIT
keep() { local new; new=$(grep -io '^x-jwt: .*' "$1" | tail -n 1 | cut -d ' ' -f 2 | tr -d '\\r'); TOKEN=\${new:-$TOKEN}; }
listens() { for _ in $(seq 600); do grep -q 'listens on' "$1" && return; sleep 0.05; done; }
`

function scriptOf({ command, shown }: Step, index: number): string {
  const out = `out.${index}`
  if (!/listens on/.test(shown)) return `{ ${command}\n} > ${out} 2>&1 < /dev/null; keep ${out}`
  return `{ ${command}\n} > ${out} 2>&1 & listens ${out}`
}

/** `sliding-jwt` as it is when it is installed, and the `npm start` of a checkout without the build before it. */
function makePrograms(folder: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const command = fileURLToPath(new URL('bin/sliding-jwt.js', ROOT))
  const programs = {
    'sliding-jwt': `exec '${process.execPath}' '${command}' "$@"`,
    npm: `[ "$1" = start ] && exec sliding-jwt serve; echo "npm $* is not run here" >&2; exit 1`,
  }
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  return bin
}

function read(path: string): string[] {
  try {
    return [readFileSync(path, 'utf8')]
  } catch {
    return []
  }
}
