import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A real server in a process of its own, on a free port, with a fresh SQLite file. */
export interface DemoServer {
  readonly url: string
  readonly databasePath: string
  stop(): Promise<void>
}

/** Starts the server as an operator would; `settings` are its environment variables. */
export async function startServer(settings: Readonly<Record<string, string>>): Promise<DemoServer> {
  const folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-demo-'))
  const databasePath = join(folder, 'sessions.db')
  const command = fileURLToPath(new URL('../../bin/sliding-jwt.js', import.meta.url))
  const child = spawn(process.execPath, [command, 'serve'], {
    env: { PATH: process.env['PATH'], ...settings, PORT: '0', DATABASE_URL: databasePath },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return {
    url: await firstUrl(child),
    databasePath,
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
      rmSync(folder, { recursive: true })
    },
  }
}

async function firstUrl(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the server has no output')
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /https?:\S+/.exec(line)?.[0]
    if (url !== undefined) return url
  }
  throw new Error('the server did not start')
}
