import { ConfigurationError } from '../../index.ts'
import { inspectPostgres, type PostgresInspection } from '../../stores/postgres/inspect.ts'
import { formatBytes, plural } from '../output.ts'
import { type Finding, ok, warning, wrong } from './finding.ts'
import { CLOCK_TOLERANCE_MS } from './time.ts'

/** The database, and what is in it; nothing of it is changed. */
export async function checkPostgres(url: string, clock: () => number): Promise<Finding[]> {
  try {
    const found = await inspectPostgres(url)
    return [ok('database', `PostgreSQL ${found.version}`), checkTables(found), checkClock(found, clock())]
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    return [wrong('database', error.got, 'Is DATABASE_URL right, and is the server running?')]
  }
}

function checkTables({ tables }: PostgresInspection): Finding {
  const sizes = Object.entries(tables).map(
    ([table, bytes]) => `${table.replace('sliding_', '')} ${formatBytes(bytes)}`,
  )
  if (sizes.length === 0) return warning('tables', 'none yet', 'They are made when the server starts.')
  return ok('tables', sizes.join(', '))
}

function checkClock({ now }: PostgresInspection, here: number): Finding {
  const seconds = Math.round(Math.abs(now - here) / 1000)
  if (seconds * 1000 <= CLOCK_TOLERANCE_MS) return ok('clock', 'as that of the database')
  return wrong(
    'clock',
    `${plural(seconds, 'second')} from that of the database`,
    'Set the clocks (NTP): tokens expire by them, and every server must agree.',
  )
}
