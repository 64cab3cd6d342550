import { expect, it, onTestFinished } from 'vitest'
import { openServerDatabase } from '../../src/stores/open.ts'
import { recordOf, T0 } from '../support/records.ts'

it('counts across batches, whatever the keys are', async () => {
  const database = await openServerDatabase(':memory:')
  onTestFinished(() => database.close())
  const keys = Array.from({ length: 4_500 }, (_, index) => {
    const key = Buffer.alloc(16)
    key.writeUInt32BE((index * 954_437) >>> 0)
    return key.toString('base64url')
  })
  expect(await database.countActiveSessions({ createdAt: 0, updatedAt: 0 })).toBe(0)
  await Promise.all(
    keys.map((jti, index) =>
      database.sessions.create(recordOf({ jti, createdAt: T0 + (index % 3), updatedAt: T0 + (index % 9) })),
    ),
  )
  await Promise.all(keys.slice(0, 9).map((jti) => database.sessions.revoke({ jti }, 'admin', T0)))
  const counts = await Promise.all([
    database.countActiveSessions({ createdAt: 0, updatedAt: 0 }),
    database.countActiveSessions({ createdAt: T0, updatedAt: 0 }),
    database.countActiveSessions({ createdAt: 0, updatedAt: T0 + 7 }),
    database.countActiveSessions({ createdAt: T0 + 2, updatedAt: 0 }),
  ])
  expect(counts).toEqual([4_491, 2_994, 499, 0])
})
