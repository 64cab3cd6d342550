import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { moveToLoadCore } from './cores.ts'
import { guard } from './guard.ts'
import { measure } from './measure.ts'
import { memory } from './memory.ts'
import { HELP, type Options, readOptions } from './options.ts'
import { installPeers } from './peers.ts'
import { profile } from './profile.ts'
import { Progress } from './progress.ts'

const OUTPUT = join(import.meta.dirname, 'output')

const COMMANDS = { measure, check: guard, memory, profile }

const options = read(process.argv.slice(2))
if (options === undefined) process.stdout.write(HELP)
else await run(options)

function read(args: readonly string[]): Options | undefined {
  try {
    return readOptions(args)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`)
    process.exit(2)
  }
}

/** Databases lie on a real disk beside the benchmark, as a temporary folder may be in memory. */
async function run(options: Options): Promise<void> {
  installPeers()
  moveToLoadCore()
  mkdirSync(OUTPUT, { recursive: true })
  const folder = mkdtempSync(join(OUTPUT, 'data-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  const progress = new Progress()
  const { text, exitCode } = await COMMANDS[options.kind](folder, options, progress)
  progress.end()
  process.stdout.write(`${text}\n`)
  process.exitCode = exitCode
}
