import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LONGEST_MS, runSubject, threadTime } from './run.ts'
import type { Subject } from './subjects.ts'

function subjectOf(act: (input: number) => void | Promise<void>, inputs = fc.nat(1_000)): Subject {
  const check = async (input: number) => {
    await act(input)
    return input < 500 ? 'low' : 'high'
  }
  return { name: 'a subject', share: 100, inputs, check }
}

describe('a run over hostile inputs', () => {
  it('finds nothing where nothing is wrong, and counts the answers', async () => {
    const report = await runSubject(
      subjectOf(() => undefined),
      500,
      1,
    )
    expect(report).toMatchObject({ name: 'a subject', inputs: 500, failure: undefined })
    const { low = 0, high = 0 } = Object.fromEntries(report.answers)
    expect(low).toBeGreaterThan(0)
    expect(low + high).toBe(500)
  })

  it('tells the smallest input that breaks something', async () => {
    const subject = subjectOf((input) => {
      if (input >= 7) throw new Error('broken')
    })
    expect((await runSubject(subject, 500, 1)).failure).toMatch(/^\[7\]: Error: broken/)
  })

  it('tells an input that keeps the event loop, where it has a limit', async () => {
    const subject = subjectOf(() => {
      const begin = threadTime()
      while (threadTime() - begin < 2 * LONGEST_MS);
    }, fc.constant(0))
    expect((await runSubject(subject, 1, 1)).failure).toBeUndefined()
    expect((await runSubject(subject, 1, 1, LONGEST_MS)).failure).toMatch(/kept the event loop for \d/)
  })

  it('tells a rejection that nobody handles', async () => {
    const subject = subjectOf(async (input) => {
      if (input >= 500) Promise.reject(new Error('left alone'))
      await new Promise(setImmediate)
    })
    expect((await runSubject(subject, 20, 1)).failure).toMatch(/nobody handled: Error: left alone/)
  })
})
