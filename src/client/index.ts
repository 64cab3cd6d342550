export {
  type Answer,
  type Client,
  type ClientOptions,
  createClient,
  type Outgoing,
  type SignedOutCode,
} from './client.ts'
export { inLocalStorage } from './in-local-storage.ts'
export { inMemory, type TokenStorage } from './in-memory.ts'
export { newest } from './newest.ts'
export { inSessionStorage, shared } from './tabs.ts'
