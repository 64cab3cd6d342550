import { expect, it } from 'vitest'
import { BatchQueue } from '../../src/stores/postgres/batch-queue.ts'
import { gate } from '../support/stores.ts'

interface Item {
  readonly key: string
  readonly value: number
}

/** A queue whose batches are recorded; `write` may wait or fail. */
function queueOf(write: (items: readonly Item[]) => Promise<void> = async () => undefined, atOnce = 1) {
  const batches: string[] = []
  const queue = new BatchQueue<Item, number>({
    keyOf: ({ key }) => key,
    atOnce,
    write: async (items) => {
      batches.push(items.map(({ key, value }) => `${key}${value}`).join(' '))
      await write(items)
      return items.map(({ value }) => value * 10)
    },
  })
  return { queue, batches, add: (key: string, value: number) => queue.run({ key, value }) }
}

const sqlError = (code: string) => Object.assign(new Error(code), { code })

it('writes what arrives in one turn together, in the order of keys, and answers each', async () => {
  const { add, batches } = queueOf()
  expect(await Promise.all([add('b', 1), add('a', 2), add('c', 3)])).toEqual([10, 20, 30])
  expect(batches).toEqual(['a2 b1 c3'])
})

it('writes what arrives meanwhile with the next batch', async () => {
  const { wait, reached, open } = gate()
  const { add, batches } = queueOf(wait)
  const first = add('a', 1)
  await reached
  const others = [add('b', 2), add('c', 3)]
  expect(batches).toEqual(['a1'])
  open()
  expect(await Promise.all([first, ...others])).toEqual([10, 20, 30])
  expect(batches).toEqual(['a1', 'b2 c3'])
})

it('writes two items of one key one after another', async () => {
  const { add, batches } = queueOf()
  expect(await Promise.all([add('a', 1), add('a', 2), add('b', 3), add('a', 4)])).toEqual([10, 20, 30, 40])
  expect(batches).toEqual(['a1 b3', 'a2', 'a4'])
})

it('writes at most 500 items at a time', async () => {
  const { add, batches } = queueOf()
  await Promise.all(Array.from({ length: 1_100 }, (_, index) => add(`key ${index}`, index)))
  expect(batches.map((batch) => batch.split(' key').length)).toEqual([500, 500, 100])
})

it('has a second batch on its way where it may', async () => {
  const { wait, reached, open } = gate()
  const { add, batches } = queueOf(wait, 2)
  const first = add('a', 1)
  await reached
  const second = add('b', 2)
  await expect.poll(() => batches).toEqual(['a1', 'b2'])
  open()
  expect(await Promise.all([first, second])).toEqual([10, 20])
})

it('without keys, writes in the order of arrival', async () => {
  const written: number[] = []
  const queue = new BatchQueue<number, void>({
    atOnce: 1,
    write: async (items) => {
      written.push(...items)
      return []
    },
  })
  await Promise.all([3, 1, 2, 1].map((item) => queue.run(item)))
  expect(written).toEqual([3, 1, 2, 1])
})

it.each(['22021', '23505', '40P01', '55P03', '57014'])(
  'where one item may be why (%s), each is tried by itself',
  async (code) => {
    const { add, batches } = queueOf(async (items) => {
      if (items.some(({ key }) => key === 'bad')) throw sqlError(code)
    })
    const results = await Promise.allSettled([add('a', 1), add('bad', 2), add('c', 3)])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(batches).toEqual(['a1 bad2 c3', 'a1', 'bad2', 'c3'])
  },
)

it.each(['57P01', '53300', 'ECONNRESET', ''])(
  'where the database is why (%s), all fail at once',
  async (code) => {
    const { add, batches } = queueOf(async () => {
      throw sqlError(code)
    })
    const results = await Promise.allSettled([add('a', 1), add('b', 2)])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(batches).toHaveLength(1)
  },
)

it('goes on after a failure', async () => {
  let isDown = true
  const { add } = queueOf(async () => {
    if (isDown) throw sqlError('57P01')
  })
  await expect(add('a', 1)).rejects.toMatchObject({ code: '57P01' })
  isDown = false
  expect(await add('a', 1)).toBe(10)
})

it('is idle when all is answered', async () => {
  const { queue, add } = queueOf()
  await queue.idle()
  const order: string[] = []
  const writes = [add('a', 1), add('a', 2)].map((write) => write.then(() => order.push('written')))
  await queue.idle().then(() => order.push('idle'))
  await Promise.all(writes)
  expect(order).toEqual(['written', 'written', 'idle'])
})
