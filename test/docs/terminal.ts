import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { PATH } from '../../examples/nginx/program.ts'
import { ROOT } from './blocks.ts'
import type { Step } from './transcript.ts'

/** What came of a command: what it printed, and whether it succeeded; a server is one that runs. */
export interface Result {
  readonly printed: string
  readonly isSuccess: boolean
}

const ROOT_FOLDER = fileURLToPath(ROOT)

/** Within the repository, from which an app finds its packages. */
const REPORTS = fileURLToPath(new URL('reports/', ROOT))

/** Longer than the commands of any page; who waits longer has been left without an answer. */
const LONGEST_MS = 110_000

/** Where commands are run, and what differs from what is shown. */
export interface Place {
  /** What is there as `app.mjs`; undefined where the page shows no program. */
  readonly program: string | undefined
  /** What stands in a command, and what is run in its place. */
  readonly standIns: readonly (readonly [shown: string, here: string])[]
  /** Ports that are shown, and the free ones that they are here. */
  readonly ports: ReadonlyMap<number, number>
  /** Where they are run. Default: a new folder within the repository, where an app finds its packages. */
  readonly folder?: string
  /** Cases of a shell's `case`, of what `npm` does beside `start` and `run`. */
  readonly npm?: string
}

/**
 * Runs the commands of a page one after the other, as a reader would: in a folder of their own with the program that
 * the page shows, a server in the background until the next one starts on its port, and with the latest `X-JWT` in `$TOKEN`.
 * The key that they name is the oldest one of the key file there.
 */
export async function runCommands(
  steps: readonly Step[],
  { program, standIns, ports, folder, npm }: Place,
): Promise<Result[]> {
  mkdirSync(REPORTS, { recursive: true })
  const scratch = mkdtempSync(join(REPORTS, 'docs-'))
  const work = folder ?? join(scratch, 'work')
  const here = (text: string) =>
    [...ports].reduce((before, [shown, port]) => before.replaceAll(shownPort(shown), `$1${port}`), text)
  const shown = (text: string) =>
    [...ports].reduce(
      (before, [port, own]) => before.replaceAll(new RegExp(`(:|port )${own}\\b`, 'g'), `$1${port}`),
      text,
    )
  try {
    mkdirSync(work, { recursive: true })
    const bin = makePrograms(join(scratch, 'bin'), npm)
    if (program !== undefined) writeFileSync(join(work, 'app.mjs'), here(program))
    const ready = steps.map(({ command, shown }) => ({
      shown,
      command: standIns.reduce((before, [from, to]) => before.replaceAll(from, to), command),
    }))
    const script = [PRELUDE, ...ready.map((step, index) => scriptOf(step, join(scratch, String(index))))]
    const child = spawn('bash', ['-c', here(script.join('\n'))], {
      cwd: work,
      env: {
        PATH: `${bin}:${PATH}`,
        HOME: scratch,
        PORT: String(ports.get(3000)),
        EXAMPLE_PORT: String(ports.get(8080)),
        PYTHONUNBUFFERED: '1',
        LOG_LEVEL: 'error',
        KID_FILE: join(scratch, 'kid'),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: LONGEST_MS,
    })
    const [said] = await Promise.all([text(child.stderr), once(child, 'close')])
    const kid = read(join(scratch, 'kid'), '').trim()
    return steps.map((_step, index) => {
      const printed = shown(read(join(scratch, `${index}.out`), said))
      return {
        printed: kid === '' ? printed : printed.replaceAll(kid, KID),
        isSuccess: read(join(scratch, `${index}.status`), '').trim() === '0',
      }
    })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** The key that the pages name. */
const KID = '3f9a1c07b2e4'

/** A port as a command, a URL or a call of `listen` names it. */
function shownPort(port: number): RegExp {
  return new RegExp(`(:|listen\\(|http\\.server )${port}\\b`, 'g')
}

/**
 * Job control gives each command a process group, by which servers end together with what they started. Commands
 * are waited for as jobs, so that the shell can be told to stop in between.
 */
const PRELUDE = `
set -m
TOKEN=
trap 'exit 1' TERM
at() { local job=SERVER_$1; [ -z "\${!job}" ] || { kill -- "-\${!job}"; wait "\${!job}"; }; }
stop() { for job in $(jobs -p); do kill -- "-$job"; done; wait; }
trap stop EXIT
keep() { local new; new=$(grep -io '^x-jwt: .*' "$1" | tail -n 1 | cut -d ' ' -f 2 | tr -d '\\r'); TOKEN=\${new:-$TOKEN}; }
kid() { node -p 'JSON.parse(fs.readFileSync("sliding-jwt.db.keys.json")).keys[0].kid' | tee "$KID_FILE"; }
listens() { for _ in $(seq 600); do grep -qE 'listens on|Serving HTTP on' "$1" && return; sleep 0.05; done; return 1; }
`

function scriptOf({ command, shown }: Step, base: string): string {
  const [out, status] = [`'${base}.out'`, `'${base}.status'`]
  if (command.startsWith('TOKEN=')) return `${command}\ntest -n "$TOKEN"; echo $? > ${status}`
  const own = command.replaceAll(KID, '"$(kid)"')
  const job = `{ ${own}\n} > ${out} 2>&1 < /dev/null &`
  const [, port] = /^.*(?:listens on|Serving HTTP on).*:(\d+)/.exec(shown) ?? []
  if (port !== undefined) return `at ${port}; ${job} SERVER_${port}=$!; listens ${out}; echo $? > ${status}`
  return `${job} wait $!; echo $? > ${status}; keep ${out}`
}

/**
 * `sliding-jwt` and `npx` as where it is installed, the `npm start` of a checkout without the build before it, and
 * its other scripts as they are.
 */
function makePrograms(bin: string, npm = ''): string {
  mkdirSync(bin)
  const command = fileURLToPath(new URL('bin/sliding-jwt.js', ROOT))
  const programs = {
    'sliding-jwt': `exec '${process.execPath}' '${command}' "$@"`,
    npx: `[ "$1" = sliding-jwt ] && exec "$@"
      [ -x '${ROOT_FOLDER}node_modules/.bin/'"$1" ] && PATH='${PATH}' exec npx --no-install "$@"
      echo "npx $* is not run here" >&2; exit 1`,
    node: `exec '${process.execPath}' --no-warnings "$@"`,
    npm: `case $1 in
      start) exec sliding-jwt serve ;;
      ${npm}
      run)
        case $2:$3 in
          example: | example:nginx:) set -- "$@" -- --port "$EXAMPLE_PORT" ;;
        esac
        PATH='${PATH}' exec npm --prefix '${ROOT_FOLDER}' --silent "$@" ;;
    esac
    echo "npm $* is not run here" >&2; exit 1`,
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
