import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** Where a program is not installed its example is skipped, and counted as skipped. */
export { isInstalled } from '../../examples/nginx/program.ts'

/** Runs a program in the folder of an example, and resolves to what it printed; rejects where it fails. */
export async function run(
  example: string,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn(program, args, {
    cwd: fileURLToPath(new URL(`../../examples/${example}`, import.meta.url)),
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PYTHONDONTWRITEBYTECODE: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${err}`)
  return out
}
