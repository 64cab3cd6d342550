import { describe, expect, it } from 'vitest'
import { type Decision, decide } from '../../src/protocol/decide.ts'
import type { PolicyOptions } from '../../src/protocol/policy.ts'
import type { Client, SessionRecord, VerifiedToken } from '../../src/protocol/types.ts'
import {
  CLIENT,
  DAY,
  HOUR,
  MINUTE,
  policyOf,
  recordOf,
  situationOf,
  T0,
  tokenOf,
} from '../support/records.ts'
import { FIREFOX } from '../support/user-agents.ts'

interface Case {
  readonly name: string
  readonly token?: Partial<VerifiedToken>
  readonly record?: Partial<SessionRecord>
  readonly policy?: PolicyOptions
  readonly client?: Partial<Client>
  readonly at: number
  readonly expected: Decision
}

const TTL = 15 * MINUTE
const DUE = TTL - MINUTE
const PASS: Decision = { kind: 'pass', firstUse: false }
const FIRST_USE: Decision = { kind: 'pass', firstUse: true }
const RENEWED: Decision = { kind: 'renew', lineage: { issued: 1, seen: 0, floor: 0, parent: 0 } }

function outcomeOf({ token, record, policy, client, at }: Case): Decision {
  const situation = situationOf({
    presented: { kind: 'verified', token: tokenOf(token) },
    record: recordOf(record),
    client: () => ({ ...CLIENT, ...client }),
    now: T0 + at,
  })
  return decide(situation, policyOf({ renewBefore: '5m', ...policy }))
}

const IN_TIME: readonly Case[] = [
  { name: 'with exactly renewBefore left it passes', at: 10 * MINUTE, expected: PASS },
  { name: 'with a millisecond less it is renewed', at: 10 * MINUTE + 1, expected: RENEWED },
  { name: 'a millisecond before exp it is renewed', at: TTL - 1, expected: RENEWED },
  { name: 'with 0, the default, it passes', policy: { renewBefore: 0 }, at: TTL - 1, expected: PASS },
  {
    name: 'within the leeway behind exp it is renewed',
    policy: { leeway: '10s' },
    at: TTL + 9_999,
    expected: RENEWED,
  },
  {
    name: 'where a later exp cannot be had, as the session ends then, it passes',
    policy: { maxAge: '15m' },
    at: DUE,
    expected: PASS,
  },
  {
    name: 'where the session ends a little later, it is renewed',
    policy: { maxAge: TTL / 1000 + 1 },
    at: DUE,
    expected: RENEWED,
  },
  {
    name: 'a new token is renewed at its first use, which is recorded with it',
    record: { issued: 1, parent: 0 },
    token: { gen: 1 },
    at: DUE,
    expected: { kind: 'renew', lineage: { issued: 2, seen: 1, floor: 1, parent: 1 } },
  },
  {
    name: 'a generation beyond issued is renewed',
    token: { gen: 4 },
    at: DUE,
    expected: { kind: 'renew', lineage: { issued: 5, seen: 4, floor: 4, parent: 4 } },
  },
  {
    name: 'a sibling is issued after grace',
    record: { issued: 1, parent: 0, updatedAt: T0 + DUE - MINUTE },
    at: DUE,
    expected: { kind: 'renew', lineage: { issued: 2, seen: 0, floor: 0, parent: 0 } },
  },
]

const LONG: PolicyOptions = { tokenTtl: '12h', renewBefore: '11h', idleTimeout: '2h', maxAge: '20h' }
const LONG_TOKEN = { expiresAt: T0 + 12 * HOUR }

const WHERE_A_RULE_REFUSES: readonly Case[] = [
  {
    name: 'row 8',
    policy: { ...LONG, idleTimeout: '7d', leeway: '9h' },
    token: LONG_TOKEN,
    at: 20 * HOUR,
    expected: PASS,
  },
  { name: 'row 9', policy: LONG, token: LONG_TOKEN, at: 2 * HOUR, expected: PASS },
  { name: 'row 10', client: { userAgent: FIREFOX }, at: DUE, expected: PASS },
  {
    name: 'row 10, also where the policy revokes',
    policy: { fingerprint: { onMismatch: 'revoke' } },
    client: { userAgent: FIREFOX },
    at: DUE,
    expected: PASS,
  },
  {
    name: 'row 10, and the first use is recorded all the same',
    record: { issued: 1, parent: 0 },
    token: { gen: 1 },
    client: { userAgent: FIREFOX },
    at: DUE,
    expected: FIRST_USE,
  },
  { name: 'row 11', record: { issued: 1, parent: 0, updatedAt: T0 + DUE - 1 }, at: DUE, expected: PASS },
  {
    name: 'row 13: a fresh token is never called reused',
    record: { issued: 2, seen: 2, floor: 2, parent: 1, updatedAt: T0 },
    at: DUE,
    expected: PASS,
  },
  {
    name: 'row 13: a fresh abandoned sibling is never called reused',
    record: { issued: 2, seen: 2, floor: 2, parent: 0, updatedAt: T0 },
    token: { gen: 1 },
    at: DUE,
    expected: PASS,
  },
]

describe('early renewal of a fresh token', () => {
  it.each(IN_TIME)('$name', (test) => {
    expect(outcomeOf(test)).toEqual(test.expected)
  })
})

describe('early renewal: where a rule would refuse, the fresh token simply passes', () => {
  it.each(WHERE_A_RULE_REFUSES)('$name', (test) => {
    expect(outcomeOf(test)).toEqual(test.expected)
  })

  it('but rows 5 and 6 hold for fresh tokens too', () => {
    const policy = policyOf({ renewBefore: '5m' })
    const now = T0 + DUE
    const revoked = situationOf({ record: recordOf({ valid: false, revokedAt: T0 + DAY }), now })
    expect(decide(revoked, policy)).toMatchObject({ kind: 'refuse', code: 'session_revoked' })
    expect(decide(situationOf({ user: 'gone', now }), policy)).toMatchObject({
      kind: 'refuse',
      code: 'user_disabled',
    })
  })
})
