import { describe } from 'vitest'
import { emptyPostgres, hasPostgres } from '../support/postgres.ts'
import { keepServersOn } from '../support/server-databases.ts'

keepServersOn(emptyPostgres)

describe.skipIf(!hasPostgres)('on PostgreSQL', async () => {
  await import('../server/admin-update.test.ts')
})
