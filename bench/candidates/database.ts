import Database from 'better-sqlite3'

/** A SQLite file as fast as a durable one can be: what sliding-jwt uses, for everybody. */
export function openDurable(path: string): Database.Database {
  const database = new Database(path, { timeout: 5_000 })
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  return database
}

/** The same database with a `prepare` that prepares each statement once, for callers who ask again and again. */
export function rememberStatements(database: Database.Database): Database.Database {
  const statements = new Map<string, Database.Statement>()
  const prepare = database.prepare.bind(database)
  const remembering = (source: string): Database.Statement => {
    const statement = statements.get(source) ?? prepare(source)
    statements.set(source, statement)
    return statement
  }
  return Object.assign(database, { prepare: remembering })
}
