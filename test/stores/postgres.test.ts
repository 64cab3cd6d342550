import { describe, onTestFinished } from 'vitest'
import { openSessionStore } from '../../src/stores/open.ts'
import { emptyPostgres, hasPostgres, query } from '../support/postgres.ts'
import { storeContract, type TestDatabase } from './contract.ts'

async function postgres(): Promise<TestDatabase> {
  const url = await emptyPostgres()
  return {
    isTold: true,

    async open() {
      const store = await openSessionStore(url)
      onTestFinished(() => store.close())
      return store
    },

    userAgents: async () => (await query(url, 'SELECT value FROM sliding_user_agents')) as string[],
  }
}

describe.skipIf(!hasPostgres)('on a real PostgreSQL', () => {
  storeContract('PostgreSQL', postgres)
})
