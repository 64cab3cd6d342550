import Database from 'better-sqlite3'

/** What an operator wants to know of a database, read without changing anything. */
export interface Inspection {
  /** Such as `wal`. */
  readonly journalMode: string
  /** Size of the file. */
  readonly bytes: number
  /** Rows by table, the tables of this product only; empty where there are none yet. */
  readonly rows: Readonly<Record<string, number>>
  /** Sessions that began at this machine's own address, where there are sessions. */
  readonly localSessions: number
  /** Enabled administrators. */
  readonly admins: number
  /** The latest time that is recorded of a login, a renewal or an event; null where there is none. */
  readonly latest: number | null
  /** When the oldest event of the audit trail happened; null where there is none. */
  readonly oldestEvent: number | null
}

/**
 * Inspects a SQLite file, read-only: no table is made or brought up to date.
 *
 * @throws Error where the file cannot be opened or is no database.
 */
export function inspect(path: string): Inspection {
  const sqlite = new Database(path, { readonly: true, fileMustExist: true })
  try {
    const tables = sqlite
      .prepare(
        `SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'sliding\\_%' ESCAPE '\\'
         AND name NOT LIKE 'sliding\\_migrations%' ESCAPE '\\' ORDER BY name`,
      )
      .pluck()
      .all() as string[]
    const number = (source: string): number | null => sqlite.prepare(source).pluck().get() as number | null
    const has = (table: string): boolean => tables.includes(table)
    const sessions = has('sliding_sessions')
    const events = has('sliding_events')
    return {
      journalMode: String(sqlite.pragma('journal_mode', { simple: true })),
      bytes: (number('PRAGMA page_count') ?? 0) * (number('PRAGMA page_size') ?? 0),
      rows: Object.fromEntries(
        tables.map((table) => [table, number(`SELECT count(*) FROM "${table}"`) ?? 0]),
      ),
      localSessions: sessions
        ? (number(`SELECT count(*) FROM sliding_sessions WHERE ip IN ('127.0.0.1', '::1')`) ?? 0)
        : 0,
      admins: has('sliding_users')
        ? (number(`SELECT count(*) FROM sliding_users WHERE role = 'admin' AND NOT disabled`) ?? 0)
        : 0,
      latest: latestOf([
        sessions ? number('SELECT max(updated_at) FROM sliding_sessions') : null,
        events ? number('SELECT max(at) FROM sliding_events') : null,
      ]),
      oldestEvent: events ? number('SELECT min(at) FROM sliding_events') : null,
    }
  } finally {
    sqlite.close()
  }
}

function latestOf(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null)
  return known.length === 0 ? null : Math.max(...known)
}
