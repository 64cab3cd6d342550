import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { temporaryDatabase } from '../support/files.ts'
import { storeContract, type TestDatabase } from './contract.ts'

async function sqliteFile(): Promise<TestDatabase> {
  const path = temporaryDatabase()
  return {
    async open() {
      const store = openSqliteStore(path)
      onTestFinished(() => store.close())
      return store
    },

    async userAgents() {
      const sqlite = new Database(path, { readonly: true })
      const rows = sqlite.prepare<[], string>('SELECT value FROM sliding_user_agents').pluck().all()
      sqlite.close()
      return rows
    },
  }
}

storeContract('SQLite', sqliteFile)
