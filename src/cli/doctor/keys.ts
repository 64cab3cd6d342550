import { existsSync, statSync } from 'node:fs'
import type { Config } from '../../server/config.ts'
import { keyPathBeside, readKeyFile } from '../../server/key-file.ts'
import { isPostgresUrl, pathOf } from '../../stores/open.ts'
import { plural } from '../output.ts'
import { checkRights } from './files.ts'
import { type Finding, ok, warning, wrong } from './finding.ts'

const DAY_MS = 86_400_000

/** A key that signs for longer should give way to a new one. */
const OLD_DAYS = 365

/** Where the keys are, who may read them, and how old they are. */
export function checkKeys({ secret, keysPath, databaseUrl }: Config, now: number): Finding[] {
  if (secret !== undefined) return [ok('keys', 'JWT_SECRET; its age is not known')]
  if (keysPath === undefined && isPostgresUrl(databaseUrl)) {
    const advice = 'Set JWT_SECRET or JWT_KEYS, the same for all servers of the database.'
    return [wrong('keys', 'neither a secret nor a key file', advice)]
  }
  const path = keysPath ?? keyPathBeside(pathOf(databaseUrl))
  if (!existsSync(path)) {
    if (keysPath !== undefined) return [wrong('keys', `${path} is not there`, 'Set JWT_KEYS to a key file.')]
    return [warning('keys', `${path} is not there yet`, 'It is made when the server starts.')]
  }
  return [checkRights('key file', path), checkAge(path, now)]
}

function checkAge(path: string, now: number): Finding {
  try {
    const { keys } = readKeyFile(path)
    const days = Math.floor((now - statSync(path).mtimeMs) / DAY_MS)
    const found = `${plural(keys.length, 'key')}, the latest added ${plural(days, 'day')} ago`
    if (days < OLD_DAYS) return ok('key age', found)
    return warning('key age', found, 'Add a new key at the end of the file: the last one signs, all verify.')
  } catch (error) {
    return wrong(
      'key age',
      (error as Error).message,
      'Restore the key file from a backup: without it every session ends.',
    )
  }
}
