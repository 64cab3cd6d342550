import {
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { ConfigurationError, type SigningJwks } from '../index.ts'
import { codeOf, formatKeySet, readKeyFile, syncFolder } from './key-file.ts'

/**
 * Changes a key file, or makes it, readable by its owner alone. Whoever reads it meanwhile sees the old file or
 * the new one, whole; mode and owner stay. Two changes at a time are refused.
 *
 * @throws ConfigurationError where the file cannot be read or written.
 */
export async function changeKeyFile(
  path: string,
  change: (keys: SigningJwks) => SigningJwks | Promise<SigningJwks>,
): Promise<void> {
  const target = existsSync(path) ? realpathSync(path) : path
  const draft = `${target}.new`
  const file = openDraft(draft)
  try {
    const before = existsSync(target) ? readKeyFile(target) : { keys: [] }
    writeSync(file, formatKeySet(await change(before)))
    if (existsSync(target)) keepOwner(file, target)
    fsyncSync(file)
    renameSync(draft, target)
    syncFolder(dirname(target))
  } catch (error) {
    if (existsSync(draft)) unlinkSync(draft)
    throw error
  } finally {
    closeSync(file)
  }
}

/** The draft is the lock, too: who finds one waits for another command, or takes away what a crash left. */
function openDraft(draft: string): number {
  try {
    return openSync(draft, 'wx', 0o600)
  } catch (error) {
    const got =
      codeOf(error) === 'EEXIST' ? 'which is there already: another command is at work, or was ended' : ''
    throw new ConfigurationError(
      'JWT_KEYS',
      `${JSON.stringify(draft)}, ${got || `which cannot be made (${codeOf(error)})`}`,
      'a file in a folder that can be written to',
    )
  }
}

/** A root that changes a server's file must leave it to the server. */
function keepOwner(file: number, target: string): void {
  const { mode, uid, gid } = statSync(target)
  fchmodSync(file, mode & 0o777)
  if (uid !== process.getuid?.() || gid !== process.getgid?.()) fchownSync(file, uid, gid)
}
