import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

/** Whether there is a PostgreSQL to test on. */
export const hasPostgres = inject('postgres') !== undefined

let database: Promise<string> | undefined

/** The URL of an empty place in the database of this test file: a schema of its own. */
export async function emptyPostgres(): Promise<string> {
  database ??= createDatabase()
  const url = new URL(await database)
  const schema = nameOf('test')
  await query(url.href, `CREATE SCHEMA ${schema}`)
  url.searchParams.set('options', `-c search_path=${schema}`)
  url.searchParams.set('max', '5')
  return url.href
}

/** Runs SQL as an operator would, on a connection of its own; answers with the first value of each row. */
export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    return (rows ?? []).map(([value]: unknown[]) => value)
  } finally {
    await client.end()
  }
}

async function createDatabase(): Promise<string> {
  const url = new URL(inject('postgres') ?? '')
  const name = nameOf('file')
  await query(url.href, `CREATE DATABASE ${name}`)
  url.pathname = `/${name}`
  return url.href
}

function nameOf(kind: string): string {
  return `${kind}_${randomBytes(8).toString('hex')}`
}
