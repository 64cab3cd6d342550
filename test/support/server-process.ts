import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { assertNoSecrets } from './secrets.ts'

const COMMAND = fileURLToPath(new URL('../../bin/sliding-jwt.js', import.meta.url))

/** A real server in a process of its own. */
export interface ServerProcess {
  readonly url: string
  readonly child: ChildProcess
  /** All lines of the log until now. */
  log(): string
  /** Sends SIGTERM and answers with the exit code; rejects where a secret was printed or logged. */
  stop(): Promise<number | null>
  /** Ends it as a loss of power would; rejects likewise. */
  kill(): Promise<void>
}

export interface SpawnOptions {
  /** A command, with its arguments, that runs the server in its own place. Default: none. */
  readonly through?: readonly string[]
  /** A module to import before the server, which may talk with its parent. Default: none. */
  readonly preload?: URL
  /** Ends the server as a loss of power would, even while it starts. */
  readonly signal?: AbortSignal
}

/** Starts `sliding-jwt serve` on a free port; rejects with its error output where it does not listen. */
export async function spawnServer(
  environment: Readonly<Record<string, string>>,
  { through = [], preload, signal }: SpawnOptions = {},
): Promise<ServerProcess> {
  const imports = preload === undefined ? [] : ['--import', preload.href]
  const [command = '', ...args] = [...through, process.execPath, ...imports, COMMAND, 'serve']
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'], PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', ...(preload === undefined ? [] : ['ipc' as const])],
  })
  signal?.addEventListener('abort', () => child.kill('SIGKILL'))
  let [log, output] = ['', '']
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString()
  })
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const closed = once(child, 'close').then(() => assertNoSecrets(output + log, secretsOf(environment)))
  const url = await Promise.race([
    firstUrl(child),
    closed.then(() => {
      throw new Error(log)
    }),
  ])

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    child.kill(signal)
    await closed
    return child.exitCode
  }
  return {
    url,
    child,
    log: () => log,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
  }
}

/** What is told to a server alone. */
function secretsOf(environment: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(environment).filter((name) => /_(SECRET|PASSWORD)$/.test(name))
  return names.map((name) => environment[name] ?? '')
}

/** What the server's first line names. */
async function firstUrl({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the server has no output')
  const [line] = await once(createInterface({ input: stdout }), 'line')
  const url = /https?:\S+/.exec(String(line))?.[0]
  if (url === undefined) throw new Error(`the server begins with: ${line}`)
  return url
}
