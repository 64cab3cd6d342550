declare module 'express-session-better-sqlite3' {
  import type { Database } from 'better-sqlite3'
  import type { Store } from 'express-session'

  /** Makes the class of a store that keeps sessions in an open database. */
  export default function sqliteStore(session: unknown, database: Database): new () => Store
}
