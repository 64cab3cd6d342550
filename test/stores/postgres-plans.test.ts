import { beforeAll, describe, expect, it } from 'vitest'
import { openSessionStore } from '../../src/stores/open.ts'
import { PRUNE } from '../../src/stores/postgres/prune.ts'
import type { Statement } from '../../src/stores/postgres/query.ts'
import { STATEMENTS } from '../../src/stores/postgres/session-statements.ts'
import { emptyPostgres, hasPostgres, query } from '../support/postgres.ts'
import { T0 } from '../support/records.ts'

const SESSIONS = 20_000

/** Sessions of 5,000 users. */
const FILL = `
  INSERT INTO sliding_user_agents (value, used_at) VALUES ('agent', ${T0});
  INSERT INTO sliding_sessions (jti, user_id, ip, user_agent_id, valid, created_at, updated_at, issued, seen, floor)
    SELECT gen_random_uuid(), 'user ' || n % 5000, '192.0.2.1', 1, true, ${T0}, ${T0}, 0, 0, 0
    FROM generate_series(1, ${SESSIONS}) n;
  ANALYZE`

let url = ''

beforeAll(async () => {
  if (!hasPostgres) return
  url = await emptyPostgres()
  await (await openSessionStore(url)).close()
  await query(url, FILL)
})

/** The plan that PostgreSQL makes for a statement whose parameters it does not know. */
async function planOf({ text }: Statement): Promise<string> {
  return (await query(url, `EXPLAIN (GENERIC_PLAN) ${text}`)).join('\n')
}

describe.skipIf(!hasPostgres)('the plan of', () => {
  it.each([
    ['find', 'Index Scan using sliding_sessions_pkey'],
    ['renew', 'Index Scan using sliding_sessions_pkey'],
    ['markSeen', 'Index Scan using sliding_sessions_pkey'],
    ['revokeSome', 'Index Scan using sliding_sessions_pkey'],
    ['list', 'Bitmap Index Scan on sliding_sessions_user'],
    ['revokeAll', 'Bitmap Index Scan on sliding_sessions_user'],
  ] as const)('%s is an %s', async (name, expected) => {
    const plan = await planOf(STATEMENTS[name])
    expect(plan).toContain(expected)
    expect(plan).not.toContain('Seq Scan on sliding_sessions')
  })

  it('prune goes through a stretch of pages, and no more', async () => {
    const plan = await planOf(PRUNE)
    expect(plan).toContain('Tid Range Scan on sliding_sessions')
    expect(plan).not.toContain('Seq Scan')
  })
})
