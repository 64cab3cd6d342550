import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { formatBytes } from '../output.ts'
import { type Finding, ok, warning, wrong } from './finding.ts'

/** Whether a file can be read and changed by its owner alone, as what is in it lets people in. */
export function checkRights(check: string, path: string): Finding {
  if (!existsSync(path)) return ok(check, `${path} is not there yet`)
  const mode = statSync(path).mode & 0o777
  const shown = `${path}, mode ${mode.toString(8).padStart(4, '0')}`
  if ((mode & 0o077) !== 0) return wrong(check, `${shown}: others may open it`, `chmod 600 ${path}`)
  if (!can(path, constants.R_OK | constants.W_OK)) {
    return wrong(
      check,
      `${shown}: this user may not`,
      'Run the server, and this command, as the owner of the file.',
    )
  }
  return ok(check, shown)
}

/** SQLite makes files beside the database, so its folder must be open to the server. */
export function checkFolder(path: string): Finding {
  const folder = dirname(resolve(path))
  if (!existsSync(folder)) return wrong('folder', `${folder} is not there`, `mkdir -p ${folder}`)
  return can(folder, constants.W_OK | constants.X_OK)
    ? ok('folder', folder)
    : wrong(
        'folder',
        `${folder} cannot be written`,
        'SQLite makes files beside the database: let the server write there.',
      )
}

/** A full disk closes the door; a backup beside the database takes its size once more. */
export function checkSpace(path: string, needed: number): Finding {
  const { bavail, bsize } = statfsSync(dirname(resolve(path)))
  const free = bavail * bsize
  const found = `${formatBytes(free)} free`
  if (free < LEAST_FREE) return wrong('disk', found, 'Make room: without it nobody can log in or renew.')
  return free < needed
    ? warning('disk', found, `Make room: a copy of the database needs ${formatBytes(needed)}.`)
    : ok('disk', found)
}

const LEAST_FREE = 50_000_000

function can(path: string, rights: number): boolean {
  try {
    accessSync(path, rights)
    return true
  } catch {
    return false
  }
}
