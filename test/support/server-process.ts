import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const COMMAND = fileURLToPath(new URL('../../bin/sliding-jwt.js', import.meta.url))

/** A real server in a process of its own. */
export interface ServerProcess {
  readonly url: string
  readonly child: ChildProcess
  /** All lines of the log until now. */
  log(): string
  /** Sends SIGTERM and answers with the exit code. */
  stop(): Promise<number | null>
  /** Ends it as a loss of power would. */
  kill(): Promise<void>
}

/** Starts `sliding-jwt serve` on a free port; rejects with its error output where it does not listen. */
export async function spawnServer(environment: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const child = spawn(process.execPath, [COMMAND, 'serve'], {
    env: { PATH: process.env['PATH'], PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString()
  })
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'close'),
  ])
  const url = /https?:\S+/.exec(String(line))?.[0]
  if (url === undefined) throw new Error(log)

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    const exit = once(child, 'exit')
    child.kill(signal)
    const [code] = await exit
    return code
  }
  return {
    url,
    child,
    log: () => log,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
  }
}
