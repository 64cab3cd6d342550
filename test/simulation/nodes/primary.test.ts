import { expect, onTestFinished, test } from 'vitest'
import { toJti, toUuid } from '../../../src/stores/postgres/jti.ts'
import { Timeline } from '../timeline.ts'
import { Line } from './line.ts'
import { Primary } from './primary.ts'

const JTI = toJti('00000000-0000-0000-0000-000000000001')
const UUID = toUuid(JTI)

function database() {
  const timeline = new Timeline()
  const told: string[] = []
  const primary = new Primary(timeline, {
    renewed: ({ lineage }) => told.push(`renewed to ${lineage.issued}`),
    revoked: (jtis, reason) => told.push(`${reason} ${jtis.length}`),
  })
  onTestFinished(() => primary.close())
  primary.run('sliding_add_agents', [['app/1'], 1])
  primary.run('sliding_create', [
    [UUID],
    ['ada'],
    ['::1'],
    [1],
    [1],
    [1],
    ['::1'],
    [1],
    [0],
    [0],
    [0],
    [null],
  ])
  return { timeline, primary, told }
}

const RENEWAL = [[UUID], [0], [0], [1], [0], [0], [0], [2], ['::1'], [1]]
const REVOCATION = [[UUID], [3], ['admin']]

/** Lets virtual time pass. */
async function pass(timeline: Timeline, milliseconds: number): Promise<void> {
  const end = timeline.now + milliseconds
  timeline.release(milliseconds, () => undefined)
  for (let next = timeline.take(end); next !== undefined; next = timeline.take(end)) {
    next.run()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('a renewal is written on its condition alone', () => {
  const { primary, told } = database()

  expect(primary.run('sliding_renew', RENEWAL)).toEqual([{ jti: UUID }])
  expect(primary.run('sliding_renew', RENEWAL)).toEqual([])
  primary.run('sliding_revoke_some', REVOCATION)
  expect(primary.run('sliding_renew', [[UUID], [1], ...RENEWAL.slice(2)])).toEqual([])

  expect(told).toEqual(['renewed to 1', 'admin 1'])
  expect(primary.record(JTI)).toMatchObject({ issued: 1, valid: 0 })
})

test('a standby lacks what was committed last, and is another instance', async () => {
  const { timeline, primary } = database()
  const read = (since: string | null) => primary.run('sliding_read_revocations', [since])[0]
  const [before] = [read(null)] as { xmin: string }[]
  await pass(timeline, 1_000)
  primary.run('sliding_renew', RENEWAL)
  await pass(timeline, 1_000)
  primary.run('sliding_revoke_some', REVOCATION)
  expect(read(before?.xmin ?? '')).toMatchObject({ instance: '1', revoked: UUID })

  expect(primary.failOver(timeline.now - 500, 100)).toBe(1)

  expect(primary.isUp).toBe(false)
  await pass(timeline, 100)
  expect(primary.isUp).toBe(true)
  expect(primary.record(JTI)).toMatchObject({ issued: 1, valid: 1 })
  expect(read(before?.xmin ?? '')).toMatchObject({ instance: '2', revoked: null })
})

test('a line that is cut fails at once, one that is silent after the time-out', async () => {
  const { timeline, primary } = database()
  const line = new Line({ seed: 1, timeline, primary, longest: 10, stir: () => undefined })
  const find = { name: 'sliding_find', values: [UUID], query_timeout: 2_000 }
  const ask = async () => {
    const begun = timeline.now
    const outcome = await line.ask(find).then(
      ({ rows }) => `${rows.length} row`,
      (error: Error) => error.message,
    )
    outcomes.push([outcome, timeline.now - begun])
  }
  const outcomes: unknown[] = []
  const asked = [ask()]
  await pass(timeline, 100)
  line.break(50)
  asked.push(ask())
  await pass(timeline, 100)
  line.hush(3_000)
  asked.push(ask())
  await pass(timeline, 4_000)
  asked.push(ask())
  await pass(timeline, 100)
  await Promise.all(asked)

  expect(outcomes).toEqual([
    ['1 row', expect.any(Number)],
    ['ECONNREFUSED', 1],
    ['Query read timeout', 2_000],
    ['1 row', expect.any(Number)],
  ])
  expect(line.wasBadSince(timeline.now)).toBe(false)
})
