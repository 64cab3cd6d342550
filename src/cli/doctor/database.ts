import { existsSync, realpathSync, statSync } from 'node:fs'
import { EVENTS_KEPT_MS } from '../../server/housekeeping.ts'
import { type Inspection, inspect } from '../../stores/sqlite/inspect.ts'
import { formatBytes, formatCount, shortTime } from '../output.ts'
import { checkFolder, checkRights, checkSpace } from './files.ts'
import { type Finding, ok, warning, wrong } from './finding.ts'
import { CLOCK_TOLERANCE_MS, DAY_MS } from './time.ts'

/** SQLite folds the log into the database at some 4 MB. */
const LARGE_WAL = 64_000_000

/** So many sessions tell where clients come from. */
const TELLING = 5

/** The file, and what is in it; nothing of it is changed. */
export function checkDatabase(path: string, trustsProxy: boolean, now: number): Finding[] {
  if (!existsSync(path)) {
    return [
      warning('database', `${path} is not there yet`, 'It is made when the server starts.'),
      checkFolder(path),
    ]
  }
  const files = [checkRights('database', path), checkFolder(path)]
  try {
    const found = inspect(path)
    return [
      ...files,
      checkSpace(path, found.bytes),
      checkJournal(found, path),
      checkTables(found),
      checkClock(found, now),
      ...checkAdmins(found),
      ...checkAddresses(found, trustsProxy),
      ...checkRetention(found, now),
    ]
  } catch (error) {
    const advice = 'Is DATABASE_URL the right file? If it is damaged, restore a backup.'
    return [...files, wrong('database', `${path} cannot be read: ${(error as Error).message}`, advice)]
  }
}

function checkJournal({ journalMode }: Inspection, path: string): Finding {
  if (journalMode !== 'wal') {
    return warning('wal', `the journal mode is ${journalMode}`, 'The server switches to WAL when it starts.')
  }
  const log = `${realpathSync(path)}-wal`
  const bytes = existsSync(log) ? statSync(log).size : 0
  if (bytes < LARGE_WAL) return ok('wal', `on, ${formatBytes(bytes)}`)
  return warning(
    'wal',
    `on, ${formatBytes(bytes)}: it is not folded into the database`,
    'Some process keeps an old state open: end it, or start the server anew.',
  )
}

function checkTables({ rows, bytes }: Inspection): Finding {
  const tables = Object.entries(rows).map(
    ([table, count]) => `${table.replace('sliding_', '')} ${formatCount(count)}`,
  )
  if (tables.length === 0) return warning('tables', 'none yet', 'They are made when the server starts.')
  return ok('tables', `${formatBytes(bytes)}: ${tables.join(', ')}`)
}

function checkClock({ latest }: Inspection, now: number): Finding {
  if (latest === null || latest <= now + CLOCK_TOLERANCE_MS)
    return ok('clock', `${shortTime(new Date(now))} UTC`)
  return wrong(
    'clock',
    `it is ${shortTime(new Date(now))} UTC here, and the database knows of ${shortTime(new Date(latest))}`,
    'Set the clock (NTP): tokens expire by it.',
  )
}

function checkAdmins({ rows, admins }: Inspection): Finding[] {
  if (rows['sliding_users'] === undefined || admins > 0) return []
  return [warning('admins', 'there is no enabled admin', 'sliding-jwt user add NAME --role admin')]
}

/** Behind a proxy that is not trusted, every client seems to be this machine, and all share the limits of logins. */
function checkAddresses({ rows, localSessions }: Inspection, trustsProxy: boolean): Finding[] {
  const sessions = rows['sliding_sessions'] ?? 0
  if (trustsProxy || sessions < TELLING || localSessions < sessions) return []
  return [
    warning(
      'addresses',
      'all sessions began at an address of this machine',
      'If a proxy stands in front, set TRUST_PROXY=1: all clients share one limit of failed logins now.',
    ),
  ]
}

function checkRetention({ oldestEvent }: Inspection, now: number): Finding[] {
  const days = EVENTS_KEPT_MS / DAY_MS
  if (oldestEvent === null || now - oldestEvent < EVENTS_KEPT_MS + DAY_MS) return []
  return [
    warning(
      'audit trail',
      `it goes back more than ${days} days`,
      'A running server deletes old events every ten minutes: look for errors in its log.',
    ),
  ]
}
