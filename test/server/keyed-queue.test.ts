import { describe, expect, it } from 'vitest'
import { KeyedQueue } from '../../src/server/keyed-queue.ts'

/** A task that ends when the test says so. */
function taskOf(name: string, started: string[]) {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const run = () => {
    started.push(name)
    return promise
  }
  return { run, end: () => resolve(name), fail: () => reject(new Error(name)) }
}

const turnsTaken = () => new Promise((resolve) => setImmediate(resolve))

describe('KeyedQueue', () => {
  it('runs tasks of one key one after another, and those of others beside them', async () => {
    const started: string[] = []
    const queue = new KeyedQueue({ running: 10, perKey: 10, total: 10 })
    const [a1, a2, b1] = [taskOf('a1', started), taskOf('a2', started), taskOf('b1', started)]
    const all = Promise.all([queue.run('a', a1.run), queue.run('a', a2.run), queue.run('b', b1.run)])
    await turnsTaken()
    expect(started).toEqual(['a1', 'b1'])
    a1.end()
    await turnsTaken()
    expect(started).toEqual(['a1', 'b1', 'a2'])
    a2.end()
    b1.end()
    expect(await all).toEqual(['a1', 'a2', 'b1'])
  })

  it('runs no more tasks at once than it may', async () => {
    const started: string[] = []
    const queue = new KeyedQueue({ running: 2, perKey: 10, total: 10 })
    const tasks = ['a', 'b', 'c', 'd'].map((name) => ({ name, ...taskOf(name, started) }))
    const all = Promise.all(tasks.map(({ name, run }) => queue.run(name, run)))
    await turnsTaken()
    expect(started).toEqual(['a', 'b'])
    tasks[1]?.end()
    await turnsTaken()
    expect(started).toEqual(['a', 'b', 'c'])
    for (const { end } of tasks) end()
    await all
    expect(started).toEqual(['a', 'b', 'c', 'd'])
  })

  it('goes on after a task that failed', async () => {
    const started: string[] = []
    const queue = new KeyedQueue({ running: 1, perKey: 10, total: 10 })
    const [bad, good] = [taskOf('bad', started), taskOf('good', started)]
    const failed = queue.run('a', bad.run)
    const passed = queue.run('a', good.run)
    bad.fail()
    good.end()
    await expect(failed).rejects.toThrow('bad')
    expect(await passed).toBe('good')
  })

  it.each([
    ['of one key', { running: 1, perKey: 2, total: 10 }, 'a'],
    ['of all keys', { running: 1, perKey: 10, total: 2 }, 'b'],
  ])('takes no more than its bound %s, and takes some again afterwards', async (_what, bounds, lastKey) => {
    const started: string[] = []
    const queue = new KeyedQueue(bounds)
    const [one, two, three] = [taskOf('1', started), taskOf('2', started), taskOf('3', started)]
    const taken = [queue.run('a', one.run), queue.run('a', two.run)]
    expect(queue.run(lastKey, three.run)).toBeUndefined()
    one.end()
    two.end()
    await Promise.all(taken)
    three.end()
    expect(await queue.run(lastKey, three.run)).toBe('3')
  })
})
