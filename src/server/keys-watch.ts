import { readFile } from 'node:fs/promises'
import type { Logger } from 'pino'
import { ConfigurationError, type SigningJwks, type SlidingSession } from '../index.ts'
import { inVariables } from './config.ts'
import { codeOf, parseKeyFile, unreadable } from './key-file.ts'

/** How often the file is read. What is in it is compared, so that no way of replacing it goes unnoticed. */
const LOOK_MS = 1_000

export interface KeysWatchParts {
  readonly path: string
  /** The keys in use, as they were read from the file. */
  readonly keys: SigningJwks
  readonly sessions: Pick<SlidingSession, 'useKeys'>
  readonly logger: Logger
}

/** Follows a key file: what changes there counts within a second, or at once on SIGHUP; answers with how to stop. */
export function watchKeys({ path, keys, sessions, logger }: KeysWatchParts): () => void {
  let seen = JSON.stringify(keys)
  let isLooking = false

  /** A file that cannot be used is told once, and changes nothing. */
  async function compare(): Promise<void> {
    const found = await read(path)
    const mark = found instanceof ConfigurationError ? found.message : JSON.stringify(found)
    if (mark === seen) return
    seen = mark
    try {
      if (found instanceof ConfigurationError) throw found
      sessions.useKeys(found)
      logger.info({ kids: found.keys.map(({ kid }) => kid) }, 'the changed key file is in use')
    } catch (error) {
      logger.error(`the changed key file cannot be used, the keys before stay: ${messageOf(error)}`)
    }
  }

  async function look(): Promise<void> {
    if (isLooking) return
    isLooking = true
    await compare()
    isLooking = false
  }

  const timer = setInterval(look, LOOK_MS).unref()
  process.on('SIGHUP', look)
  return () => {
    clearInterval(timer)
    process.off('SIGHUP', look)
  }
}

/** The set in the file, or why there is none. */
async function read(path: string): Promise<SigningJwks | ConfigurationError> {
  try {
    return parseKeyFile(path, await readFile(path, 'utf8'))
  } catch (error) {
    return error instanceof ConfigurationError ? error : unreadable(path, codeOf(error))
  }
}

function messageOf(error: unknown): string {
  return error instanceof ConfigurationError ? inVariables(error).message : codeOf(error)
}
