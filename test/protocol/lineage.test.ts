import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Decision, decide } from '../../src/protocol/decide.ts'
import type { PolicyOptions } from '../../src/protocol/policy.ts'
import type { SessionRecord } from '../../src/protocol/types.ts'
import { CLIENT, MINUTE, policyOf, recordOf, T0, tokenOf } from '../support/records.ts'

const TTL = 15 * MINUTE

/** One session whose decisions are carried out at once, as a store would. */
class Session {
  record: SessionRecord = recordOf()
  now = T0
  readonly #expiries = new Map([[0, T0 + TTL]])
  readonly #policy

  constructor(options: PolicyOptions = {}) {
    this.#policy = policyOf({ idleTimeout: '30d', ...options })
  }

  /** Presents a generation; answers with the new one, or with what was decided. */
  present(gen: number): number | string {
    const decision = this.decide(gen)
    if (decision.kind === 'refuse') {
      if (decision.revoke !== undefined) this.record = { ...this.record, valid: false }
      return decision.code
    }
    if (decision.kind === 'renew') {
      this.record = { ...this.record, ...decision.lineage, updatedAt: this.now }
      this.#expiries.set(decision.lineage.issued, this.now + TTL)
      return decision.lineage.issued
    }
    if (decision.firstUse) {
      this.record = { ...this.record, seen: gen, floor: Math.max(this.record.issued, gen) }
    }
    return 'pass'
  }

  decide(gen: number): Decision {
    const expiresAt = this.#expiries.get(gen) ?? T0
    const token = tokenOf({ gen, expiresAt })
    const presented = { kind: 'verified', token } as const
    const { record, now } = this
    return decide({ presented, record, user: 'unasked', client: () => CLIENT, now }, this.#policy)
  }
}

/** Each step: minutes to wait, the generation presented, what comes of it. */
const STORIES: Record<string, readonly (readonly [wait: number, gen: number, outcome: number | string])[]> = {
  'an ordinary life': [
    [1, 0, 'pass'],
    [15, 0, 1],
    [0, 1, 'pass'],
    [15, 1, 2],
    [15, 2, 3],
    [1, 3, 'pass'],
  ],
  'parallel requests: one renewal, the rest pass, a late one too': [
    [16, 0, 1],
    [0, 0, 'pass'],
    [0, 0, 'pass'],
    [0, 1, 'pass'],
    [0.9, 0, 'pass'],
  ],
  'a lost answer: a sibling after grace, and the lost one is abandoned': [
    [16, 0, 1],
    [1, 0, 2],
    [0, 2, 'pass'],
    [15, 2, 3],
    [0, 1, 'token_reused'],
    [0, 3, 'session_revoked'],
  ],
  'a lost answer that arrives late and is used first: its sibling is abandoned': [
    [16, 0, 1],
    [1, 0, 2],
    [0, 1, 'pass'],
    [0, 2, 'pass'],
    [15, 1, 3],
    [0, 2, 'token_reused'],
  ],
  'answers lost three times in a row': [
    [16, 0, 1],
    [2, 0, 2],
    [2, 0, 3],
    [2, 0, 4],
    [1, 4, 'pass'],
  ],
  'grace is anchored on the renewal and never extended': [
    [16, 0, 1],
    [0.5, 0, 'pass'],
    [0.4, 0, 'pass'],
    [0.1, 0, 2],
  ],
  'a thief with a copy of an expired token, after its successor was seen': [
    [16, 0, 1],
    [0, 1, 'pass'],
    [1, 0, 'token_reused'],
    [0, 1, 'session_revoked'],
  ],
  'a patient thief renews first: the owner finds him out': [
    [15, 0, 1],
    [1, 0, 2],
    [0, 2, 'pass'],
    [15, 1, 'token_reused'],
    [0, 2, 'session_revoked'],
  ],
  'a thief who uses his successor: the owner, coming later, ends it': [
    [15, 0, 1],
    [1, 1, 'pass'],
    [1, 0, 'token_reused'],
    [0, 1, 'session_revoked'],
  ],
  'a client that comes back after days with its last token': [
    [16, 0, 1],
    [60 * 24 * 6, 1, 2],
    [60 * 24 * 6, 2, 3],
  ],
}

describe('the lineage of a session', () => {
  it.each(Object.entries(STORIES))('%s', (_, steps) => {
    const session = new Session()
    const outcomes = steps.map(([wait, gen]) => {
      session.now += wait * MINUTE
      return session.present(gen)
    })
    expect(outcomes).toEqual(steps.map(([, , outcome]) => outcome))
  })

  it('knows a generation beyond issued after the database lost its last commits', () => {
    const session = new Session()
    const backup = session.record
    session.now += 16 * MINUTE
    expect(session.present(0)).toBe(1)
    session.now += 16 * MINUTE
    expect(session.present(1)).toBe(2)
    session.record = backup
    expect(session.present(2)).toBe('pass')
    expect(session.record).toMatchObject({ issued: 0, seen: 2, floor: 2 })
    session.now += 16 * MINUTE
    expect(session.present(2)).toBe(3)
  })

  /** Steps of honest and dishonest use alike: which of the tokens issued so far, after how many minutes. */
  const steps = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 40 })), { maxLength: 60 })

  it('hands no generation out twice, and keeps seen ≤ floor ≤ issued, whatever is presented', () => {
    fc.assert(
      fc.property(steps, (moves) => {
        const session = new Session()
        const issued = [0]
        for (const [choice, wait] of moves) {
          session.now += wait * MINUTE
          const outcome = session.present(issued[choice % issued.length] ?? 0)
          if (typeof outcome === 'number') {
            expect(issued).not.toContain(outcome)
            issued.push(outcome)
          }
          const { seen, floor, issued: latest } = session.record
          expect(seen).toBeLessThanOrEqual(floor)
          expect(floor).toBeLessThanOrEqual(latest)
        }
      }),
    )
  })

  it('never refuses a client alone, however many of its answers are lost', () => {
    const uses = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.boolean()), { maxLength: 60 })
    fc.assert(
      fc.property(uses, (moves) => {
        const session = new Session()
        let held = 0
        for (const [wait, isLost] of moves) {
          session.now += wait * MINUTE
          const outcome = session.present(held)
          expect(['pass', expect.any(Number)]).toContainEqual(outcome)
          if (typeof outcome === 'number' && !isLost) held = outcome
        }
      }),
    )
  })

  it('decides the same whatever is asked in between: asking changes nothing', () => {
    const session = new Session()
    session.now += 16 * MINUTE
    const before = structuredClone(session.record)
    expect(session.decide(0)).toEqual(session.decide(0))
    expect(session.record).toEqual(before)
  })
})
