import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'

/** Debian has nginx where only root's PATH leads. */
export const PATH = `${process.env['PATH']}:/usr/sbin`

/** Whether a program is installed here. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { env: { ...process.env, PATH } }).error === undefined
}

/** A program that runs until it is stopped, or ends by itself. */
export interface Program {
  readonly name: string
  readonly child: ChildProcess
  /** What it says on standard output. */
  readonly lines: Interface
  /** Settles when it has ended. */
  readonly ended: Promise<unknown>
  /** Ends it, if it has not ended; resolves when it has. */
  stop(): Promise<void>
}

/** Starts a program; what it says on standard error is seen here. */
export function start(
  name: string,
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Program {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  return {
    name,
    child,
    lines: createInterface({ input: child.stdout }),
    ended,
    async stop() {
      child.kill('SIGTERM')
      await ended.catch(() => undefined)
    },
  }
}

/** The address that a program names when it listens. */
export async function addressOf({ name, lines, ended }: Program): Promise<string> {
  const [line] = await Promise.race([
    once(lines, 'line'),
    ended.then(() => {
      throw new Error(`${name} did not start`)
    }),
  ])
  const address = /http:\/\/([\w.:]+)/.exec(String(line))?.[1]
  if (address === undefined) throw new Error(`${name} begins with: ${line}`)
  return address
}
