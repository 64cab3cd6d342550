import type { Pool } from 'pg'
import { expect, it } from 'vitest'
import { ask, statement } from '../../src/stores/postgres/query.ts'

const ONE = statement('one', 'SELECT 1')

it('a question fails in time where a pool has no connection for it, and never says so', async () => {
  const pool = { query: () => new Promise(() => undefined) } as unknown as Pool
  await expect(ask(pool, ONE, [], 20)).rejects.toThrow('No connection, or no answer, within 20 ms')
})

it('what a pool says later is nobody’s business any more', async () => {
  let fail: (error: Error) => void = () => undefined
  const query = () =>
    new Promise((_, reject) => {
      fail = reject
    })
  await expect(ask({ query } as unknown as Pool, ONE, [], 20)).rejects.toThrow('within 20 ms')
  fail(new Error('Connection terminated'))
  await new Promise(setImmediate)
})
