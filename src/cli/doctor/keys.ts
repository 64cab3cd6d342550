import { existsSync, statSync } from 'node:fs'
import { describeKeys } from '../../index.ts'
import type { Config } from '../../server/config.ts'
import { keyPathBeside, readKeyFile } from '../../server/key-file.ts'
import { isPostgresUrl, pathOf } from '../../stores/open.ts'
import { plural } from '../output.ts'
import { checkRights } from './files.ts'
import { type Finding, ok, warning, wrong } from './finding.ts'
import { DAY_MS } from './time.ts'

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

/** A key without a start time is as old as the file at the least. */
function checkAge(path: string, now: number): Finding {
  try {
    const keys = describeKeys(readKeyFile(path), now)
    const signsFrom = keys.find(({ state }) => state === 'signing')?.signsFrom ?? statSync(path).mtimeMs
    const days = Math.floor((now - signsFrom) / DAY_MS)
    const found = `${plural(keys.length, 'key')}; one has signed for ${plural(days, 'day')}`
    return days < OLD_DAYS ? ok('key age', found) : warning('key age', found, 'sliding-jwt keys rotate')
  } catch (error) {
    return wrong(
      'key age',
      (error as Error).message,
      'Restore the key file from a backup: without it every session ends.',
    )
  }
}
