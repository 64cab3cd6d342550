import { openSessionStore } from '../../src/stores/open.ts'
import type { Known } from './latency.ts'

/** A process that has sessions in memory, and tells when each is known there to be revoked. */
const store = await openSessionStore(process.argv[2])

process.once('message', async (jtis: string[]) => {
  for (const jti of jtis) await store.find(jti)
  const waiting = new Set(jtis)
  process.send?.('ready')
  setInterval(() => {
    for (const jti of waiting) {
      if (store.peek(jti)?.valid !== false) continue
      waiting.delete(jti)
      process.send?.({ jti, at: String(process.hrtime.bigint()) } satisfies Known)
    }
  }, 1)
})

process.once('disconnect', () => process.exit())
