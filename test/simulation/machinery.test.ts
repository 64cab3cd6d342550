import { describe, expect, test } from 'vitest'
import { readPolicy } from '../../src/protocol/policy.ts'
import { type KeepingRule, type Post, Wallet } from './client.ts'
import type { Answer } from './designs/design.ts'
import { type Agent, clientOf, type FingerprintName, mustAccept } from './fingerprint.ts'
import { Prng } from './prng.ts'
import { Settling } from './settling.ts'
import { shortest } from './shrink.ts'
import { spreadOf } from './theft.ts'
import { BEGINNING, Timeline } from './timeline.ts'
import { readToken, type Token, writeToken } from './token.ts'

describe('Timeline', () => {
  test('takes what is earliest, and of one time what was planned first', () => {
    const timeline = new Timeline()
    const happened: string[] = []
    timeline.after(20, () => happened.push('late'))
    timeline.after(10, () => happened.push('first'))
    timeline.after(10, () => happened.push('second'))
    timeline.after(0, () => happened.push('now'))

    while (true) {
      const next = timeline.take(BEGINNING + 15)
      if (next === undefined) break
      next.run()
    }

    expect(happened).toEqual(['now', 'first', 'second'])
    expect(timeline.now).toBe(BEGINNING + 10)
  })

  test('lets timers rest until shortly before the next happening, at most 40 minutes', () => {
    const timeline = new Timeline()
    const beats: number[] = []
    const beat = () => {
      beats.push(timeline.now - BEGINNING)
      timeline.background(500, beat)
    }
    timeline.background(500, beat)
    const callOff = timeline.background(100, () => beats.push(-1))
    callOff()
    const ended: number[] = []
    for (const at of [700, 3_600_000]) timeline.after(at, () => ended.push(timeline.now - BEGINNING))

    for (let next = timeline.take(Infinity); next; next = timeline.take(Infinity)) next.run()

    expect(ended).toEqual([700, 3_600_000])
    expect(beats).toEqual([500, 2_401_000, 3_599_000, 3_599_500])
  })

  test('orders many happenings', () => {
    const [timeline, prng] = [new Timeline(), new Prng(1)]
    for (let index = 0; index < 1_000; index += 1) timeline.after(prng.between(0, 500), () => undefined)

    const times: number[] = []
    for (let next = timeline.take(Infinity); next !== undefined; next = timeline.take(Infinity))
      times.push(next.at)

    expect(times).toHaveLength(1_000)
    expect(times).toEqual(times.toSorted((one, other) => one - other))
  })
})

describe('Prng', () => {
  test('draws the same from the same seed and something else from another', () => {
    const draw = (seed: number) =>
      Array.from(
        { length: 5 },
        (
          (prng) => () =>
            prng.whole()
        )(new Prng(seed)),
      )

    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
  })

  test('is spread evenly', () => {
    const prng = new Prng(3)
    const drawn = Array.from({ length: 20_000 }, () => prng.between(0, 9))

    for (let value = 0; value < 10; value += 1) {
      const count = drawn.filter((one) => one === value).length
      expect(count).toBeGreaterThan(1_800)
      expect(count).toBeLessThan(2_200)
    }
  })
})

describe('shortest', () => {
  test.each([
    { needed: [3], of: 10 },
    { needed: [0, 99], of: 100 },
    { needed: [17, 18, 40, 77], of: 100 },
    { needed: [0], of: 1 },
  ])('finds $needed of $of', async ({ needed, of }) => {
    const list = Array.from({ length: of }, (_, index) => index)
    const fails = async (some: readonly number[]) => needed.every((one) => some.includes(one))

    expect(await shortest(list, fails)).toEqual(needed)
  })
})

describe('Wallet', () => {
  const token = (session: string, gen: number) =>
    readToken(writeToken({ session, gen, expiresAt: 0, authTime: 0, role: undefined }, gen))
  const pass = (session: string, gen: number): Answer => ({
    kind: 'pass',
    token: token(session, gen),
    role: undefined,
  })

  /** Sends requests at once; their answers come in the order that is given. */
  async function exchange(wallet: Wallet, settling: Settling, answers: readonly Answer[]) {
    const waiting: ((answer: Answer) => void)[] = []
    const sent: (string | undefined)[] = []
    for (const _ of answers) {
      wallet.request(
        (token, { onAnswer }) => {
          waiting.push(onAnswer)
          sent.push(token && `${token.session}${token.gen}`)
        },
        () => {},
      )
    }
    await settling.settle()
    for (const [index, answer] of answers.entries()) {
      waiting[index]?.(answer)
      await settling.settle()
    }
    return sent
  }

  async function loggedIn(rule: KeepingRule, answer: Answer) {
    const settling = new Settling()
    const wallet = new Wallet(rule, settling)
    wallet.logIn(
      true,
      (_, { onAnswer }) => onAnswer(answer),
      () => {},
    )
    await settling.settle()
    return { wallet, settling }
  }

  test.each([
    { rule: 'latest', gens: [1, 2, 1], kept: 2 },
    { rule: 'overwrite', gens: [1, 2, 1], kept: 1 },
  ] as const)('with the rule $rule keeps $kept of $gens', async ({ rule, gens, kept }) => {
    const { wallet, settling } = await loggedIn(rule, pass('a', 0))
    const sent = await exchange(
      wallet,
      settling,
      gens.map((gen) => pass('a', gen)),
    )
    expect(sent).toEqual(['a0', 'a0', 'a0'])
    expect(wallet.token?.gen).toBe(kept)
  })

  test('a late answer of an ended session is not kept; the next login tells which one it was', async () => {
    const { wallet, settling } = await loggedIn('latest', pass('a', 5))
    await exchange(wallet, settling, [{ kind: 'refuse', code: 'session_idle' }, pass('a', 6)])
    expect(wallet.token).toBeUndefined()
    expect(wallet.former).toMatchObject({ session: 'a', gen: 5 })

    const sent: (Token | undefined)[] = []
    const post: Post = (token, { onAnswer }) => {
      sent.push(token)
      onAnswer(pass('b', 0))
    }
    wallet.logIn(true, post, () => {})
    await settling.settle()
    expect(sent).toMatchObject([{ session: 'a', gen: 5 }])
    expect(wallet.token).toMatchObject({ session: 'b', gen: 0 })
    expect(wallet.former).toBeUndefined()
  })

  test('of a request that was lost nothing comes', async () => {
    const { wallet, settling } = await loggedIn('latest', pass('a', 0))
    const answers: (Answer | undefined)[] = []
    wallet.request(
      (_, { onLost }) => onLost(),
      (answer) => answers.push(answer),
    )
    await settling.settle()
    expect(answers).toEqual([undefined])
    expect(wallet.token?.gen).toBe(0)
  })
})

/** The invariants trust `mustAccept`; here it is held against the engine's own rule. */
describe('mustAccept', () => {
  const home: Agent = { family: 'chrome', version: 110, network: 1, host: 1 }
  const app: Agent = { ...home, family: 'app' }
  const cases: readonly (readonly [string, Agent, Agent])[] = [
    ['the same', home, home],
    ['another host', home, { ...home, host: 2 }],
    ['another network', home, { ...home, network: 2 }],
    ['upgraded', home, { ...home, version: 111 }],
    ['downgraded', home, { ...home, version: 109 }],
    ['another family', home, { ...home, family: 'firefox' }],
    ['the same app', app, app],
    ['an upgraded app', app, { ...app, version: 111 }],
  ]

  for (const fingerprint of ['off', 'balanced', 'strict'] satisfies FingerprintName[]) {
    test.each(cases)(`agrees with the policy ${fingerprint}: %s`, (_name, reference, presented) => {
      const { accepts } = readPolicy({ fingerprint }).fingerprint

      const isAccepted = accepts(clientOf(reference), clientOf(presented))

      expect(mustAccept(fingerprint, reference, presented)).toBe(isAccepted)
    })
  }
})

describe('spreadOf', () => {
  test.each([
    { values: [], spread: { median: 0, p99: 0, max: 0 } },
    { values: [3], spread: { median: 3, p99: 3, max: 3 } },
    { values: [4, 1, 3, 2], spread: { median: 2, p99: 4, max: 4 } },
    {
      values: Array.from({ length: 200 }, (_, index) => index + 1),
      spread: { median: 100, p99: 198, max: 200 },
    },
  ])('of $values.length values', ({ values, spread }) => {
    expect(spreadOf(values)).toEqual(spread)
  })
})
