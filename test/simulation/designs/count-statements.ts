import type Database from 'better-sqlite3'
import type { Traffic } from './design.ts'

/** Counts each run of a statement that is prepared on this connection: what a database really has to do. */
export function countStatements(database: Database.Database, traffic: Traffic): void {
  const prepare = database.prepare.bind(database)
  database.prepare = ((source: string) => {
    const statement = prepare(source)
    const kind = kindOf(source)
    if (kind !== undefined) countRuns(statement, () => (traffic[kind] += 1))
    return statement
  }) as typeof database.prepare
}

function kindOf(source: string): keyof Traffic | undefined {
  if (/^\s*select/i.test(source)) return 'reads'
  return /^\s*(insert|update|delete)/i.test(source) ? 'writes' : undefined
}

function countRuns(statement: Database.Statement, count: () => void): void {
  for (const method of ['run', 'get', 'all'] as const) {
    const run = statement[method].bind(statement) as (...parameters: unknown[]) => unknown
    Object.defineProperty(statement, method, {
      value: (...parameters: unknown[]) => {
        count()
        return run(...parameters)
      },
    })
  }
}
