import { describe } from 'vitest'
import type { SessionStore } from '../../src/stores/store.ts'
import { pruneContract } from './contract-prune.ts'
import { recordContract } from './contract-records.ts'
import { writeContract } from './contract-writes.ts'

/** A database of one test, on which any number of stores can be opened. */
export interface TestDatabase {
  /** Opens a store with a connection of its own; the first one makes the tables. */
  open(): Promise<SessionStore>
  /** Whether a store is told of what others revoke, which takes a moment, and does not look itself each time. */
  readonly isTold?: boolean
  /** The user agents that are recorded. */
  userAgents(): Promise<string[]>
}

/** Makes an empty database, which goes when the test is over. */
export type MakeDatabase = () => Promise<TestDatabase>

/** What every store must do: run it on each. */
export function storeContract(name: string, make: MakeDatabase): void {
  describe(`the contract of a store, kept by ${name}`, () => {
    recordContract(make)
    writeContract(make)
    pruneContract(make)
  })
}
