import { describe, expect, it } from 'vitest'
import { type Decision, decide, type Situation } from '../../src/protocol/decide.ts'
import type { PolicyOptions } from '../../src/protocol/policy.ts'
import type { Client, SessionRecord, VerifiedToken } from '../../src/protocol/types.ts'
import {
  CLIENT,
  DAY,
  MINUTE,
  policyOf,
  recordOf,
  SECOND,
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
  readonly user?: Situation['user']
  readonly client?: Partial<Client>
  /** Milliseconds after the login. */
  readonly at: number
  readonly expected: Decision
}

const TTL = 15 * MINUTE
const EXPIRED = TTL + MINUTE
const PASS: Decision = { kind: 'pass', firstUse: false }
const FIRST_USE: Decision = { kind: 'pass', firstUse: true }
const REUSED: Decision = {
  kind: 'refuse',
  code: 'token_reused',
  revoke: { scope: 'session', reason: 'reuse' },
}
const USER_GONE: Decision = {
  kind: 'refuse',
  code: 'user_disabled',
  revoke: { scope: 'user', reason: 'user_disabled' },
}

function refused(
  code: 'session_revoked' | 'session_expired' | 'session_idle' | 'fingerprint_mismatch',
): Decision {
  return { kind: 'refuse', code }
}

function renewed(issued: number, seen: number, floor: number, parent: number): Decision {
  return { kind: 'renew', lineage: { issued, seen, floor, parent } }
}

function outcomeOf({ token, record, policy, user = 'unasked', client, at }: Case): Decision {
  const situation: Situation = {
    presented: { kind: 'verified', token: tokenOf(token) },
    record: recordOf(record),
    user,
    client: () => ({ ...CLIENT, ...client }),
    now: T0 + at,
  }
  return decide(situation, policyOf(policy))
}

/** Generation 1 was issued by presenting generation 0 at minute 16. */
const RENEWED_ONCE = { issued: 1, seen: 0, floor: 0, parent: 0, updatedAt: T0 + EXPIRED }
/** Generation 1 was lost, and its sibling 2 issued by presenting generation 0 again. */
const SIBLINGS = { issued: 2, seen: 0, floor: 0, parent: 0, updatedAt: T0 + EXPIRED }
/** Of the siblings, generation 2 reached the client. */
const SIBLING_SEEN = { ...SIBLINGS, seen: 2, floor: 2 }

const REVOKED = { valid: false, revokedAt: T0 + SECOND, revokedReason: 'revoked' } as const
const ELSEWHERE = { userAgent: FIREFOX }

const ROWS: Record<string, readonly Case[]> = {
  'row 5: a revoked session is refused': [
    { name: 'fresh', record: REVOKED, at: MINUTE, expected: refused('session_revoked') },
    { name: 'expired', record: REVOKED, at: EXPIRED, expected: refused('session_revoked') },
    { name: 'before row 6', record: REVOKED, user: 'gone', at: MINUTE, expected: refused('session_revoked') },
    { name: 'before row 8', record: REVOKED, at: 30 * DAY, expected: refused('session_revoked') },
    { name: 'before row 9', record: REVOKED, at: 7 * DAY, expected: refused('session_revoked') },
    {
      name: 'before row 10',
      record: REVOKED,
      client: ELSEWHERE,
      at: EXPIRED,
      expected: refused('session_revoked'),
    },
    {
      name: 'before row 11',
      record: { ...RENEWED_ONCE, ...REVOKED },
      at: EXPIRED + SECOND,
      expected: refused('session_revoked'),
    },
    {
      name: 'before row 13',
      record: { ...SIBLING_SEEN, ...REVOKED },
      token: { gen: 1 },
      at: EXPIRED,
      expected: refused('session_revoked'),
    },
  ],

  'row 6: a user who is gone ends all of the sessions': [
    { name: 'fresh', user: 'gone', at: MINUTE, expected: USER_GONE },
    { name: 'expired', user: 'gone', at: EXPIRED, expected: USER_GONE },
    { name: 'before row 8', user: 'gone', at: 30 * DAY, expected: USER_GONE },
    { name: 'before row 10', user: 'gone', client: ELSEWHERE, at: EXPIRED, expected: USER_GONE },
    {
      name: 'before row 13',
      user: 'gone',
      record: SIBLING_SEEN,
      token: { gen: 1 },
      at: EXPIRED,
      expected: USER_GONE,
    },
    { name: 'an active one passes', user: 'active', at: MINUTE, expected: PASS },
    { name: 'an active one is renewed', user: 'active', at: EXPIRED, expected: renewed(1, 0, 0, 0) },
  ],

  'row 7: a fresh token passes': [
    { name: 'at once', at: 0, expected: PASS },
    { name: 'a millisecond before exp', at: TTL - 1, expected: PASS },
    { name: 'issued in the future of a lagging clock', at: -MINUTE, expected: PASS },
    { name: 'within the leeway', policy: { leeway: '5s' }, at: TTL + 5 * SECOND - 1, expected: PASS },
    { name: 'from another browser', client: ELSEWHERE, at: MINUTE, expected: PASS },
    { name: 'from anywhere', policy: { fingerprint: () => false }, at: MINUTE, expected: PASS },
    {
      name: 'where the session is over its limits',
      token: { expiresAt: T0 + 40 * DAY },
      at: 31 * DAY,
      expected: PASS,
    },
    { name: 'superseded', record: SIBLING_SEEN, at: MINUTE, expected: PASS },
    { name: 'an abandoned sibling', record: SIBLING_SEEN, token: { gen: 1 }, at: MINUTE, expected: PASS },
    { name: 'already seen', record: SIBLING_SEEN, token: { gen: 2 }, at: MINUTE, expected: PASS },
    {
      name: 'a new one for the first time',
      record: RENEWED_ONCE,
      token: { gen: 1 },
      at: MINUTE,
      expected: FIRST_USE,
    },
    {
      name: 'a sibling for the first time',
      record: SIBLINGS,
      token: { gen: 2 },
      at: MINUTE,
      expected: FIRST_USE,
    },
    {
      name: 'the elder sibling for the first time',
      record: SIBLINGS,
      token: { gen: 1 },
      at: MINUTE,
      expected: FIRST_USE,
    },
    { name: 'a generation beyond issued', token: { gen: 5 }, at: MINUTE, expected: FIRST_USE },
  ],

  'row 8: no renewal beyond maxAge': [
    {
      name: 'exactly at it',
      record: { updatedAt: T0 + 29 * DAY },
      at: 30 * DAY,
      expected: refused('session_expired'),
    },
    {
      name: 'long after it',
      record: { updatedAt: T0 + 29 * DAY },
      at: 300 * DAY,
      expected: refused('session_expired'),
    },
    {
      name: 'a millisecond before it',
      record: { updatedAt: T0 + 29 * DAY },
      at: 30 * DAY - 1,
      expected: renewed(1, 0, 0, 0),
    },
    { name: 'before row 9', at: 30 * DAY, expected: refused('session_expired') },
    { name: 'before row 10', client: ELSEWHERE, at: 30 * DAY, expected: refused('session_expired') },
    {
      name: 'before row 11',
      record: { ...RENEWED_ONCE, updatedAt: T0 + 30 * DAY - SECOND },
      at: 30 * DAY,
      expected: refused('session_expired'),
    },
    {
      name: 'before row 13',
      record: SIBLING_SEEN,
      token: { gen: 1 },
      at: 30 * DAY,
      expected: refused('session_expired'),
    },
  ],

  'row 9: no renewal after idleTimeout': [
    { name: 'exactly at it', at: 7 * DAY, expected: refused('session_idle') },
    { name: 'a millisecond before it', at: 7 * DAY - 1, expected: renewed(1, 0, 0, 0) },
    {
      name: 'counted from the last renewal',
      record: { issued: 1, seen: 1, floor: 1, parent: 0, updatedAt: T0 + 6 * DAY },
      token: { gen: 1 },
      at: 13 * DAY - 1,
      expected: renewed(2, 1, 1, 1),
    },
    {
      name: 'exactly at it after a renewal',
      record: { issued: 1, seen: 1, floor: 1, parent: 0, updatedAt: T0 + 6 * DAY },
      token: { gen: 1 },
      at: 13 * DAY,
      expected: refused('session_idle'),
    },
    { name: 'before row 10', client: ELSEWHERE, at: 7 * DAY, expected: refused('session_idle') },
    {
      name: 'before row 11, where grace is longer',
      policy: { grace: '8d' },
      record: { issued: 1, parent: 0 },
      at: 7 * DAY,
      expected: refused('session_idle'),
    },
    {
      name: 'before row 13',
      record: SIBLING_SEEN,
      token: { gen: 1 },
      at: EXPIRED + 7 * DAY,
      expected: refused('session_idle'),
    },
  ],

  'row 10: another client cannot renew': [
    { name: 'another browser', client: ELSEWHERE, at: EXPIRED, expected: refused('fingerprint_mismatch') },
    {
      name: 'where the policy revokes',
      policy: { fingerprint: { onMismatch: 'revoke' } },
      client: ELSEWHERE,
      at: EXPIRED,
      expected: {
        kind: 'refuse',
        code: 'fingerprint_mismatch',
        revoke: { scope: 'session', reason: 'fingerprint' },
      },
    },
    {
      name: 'before row 11',
      record: RENEWED_ONCE,
      client: ELSEWHERE,
      at: EXPIRED + SECOND,
      expected: refused('fingerprint_mismatch'),
    },
    {
      name: 'before row 13, so that an old token cannot log its owner out',
      record: SIBLING_SEEN,
      token: { gen: 1 },
      client: ELSEWHERE,
      at: EXPIRED,
      expected: refused('fingerprint_mismatch'),
    },
    {
      name: 'compared with the client of the login, not of the last renewal',
      record: { lastUserAgent: FIREFOX, lastIp: '198.51.100.1' },
      at: EXPIRED,
      expected: renewed(1, 0, 0, 0),
    },
    {
      name: 'exactly at exp the client counts',
      client: ELSEWHERE,
      at: TTL,
      expected: refused('fingerprint_mismatch'),
    },
  ],

  'row 11: a parallel request passes within grace': [
    { name: 'at once', record: RENEWED_ONCE, at: EXPIRED, expected: PASS },
    {
      name: 'a millisecond before its end',
      record: RENEWED_ONCE,
      at: EXPIRED + MINUTE - 1,
      expected: PASS,
    },
    {
      name: 'where the successor was seen already',
      record: { ...RENEWED_ONCE, seen: 1, floor: 1 },
      at: EXPIRED + MINUTE - 1,
      expected: PASS,
    },
    {
      name: 'not exactly at its end',
      record: RENEWED_ONCE,
      at: EXPIRED + MINUTE,
      expected: renewed(2, 0, 0, 0),
    },
    {
      name: 'not exactly at its end where the successor was seen',
      record: { ...RENEWED_ONCE, seen: 1, floor: 1 },
      at: EXPIRED + MINUTE,
      expected: REUSED,
    },
    {
      name: 'not where grace is 0',
      policy: { grace: 0 },
      record: RENEWED_ONCE,
      at: EXPIRED,
      expected: renewed(2, 0, 0, 0),
    },
    {
      name: 'not for a generation that is not the parent',
      record: { issued: 2, seen: 1, floor: 1, parent: 1, updatedAt: T0 + EXPIRED },
      at: EXPIRED,
      expected: REUSED,
    },
    {
      name: 'where the clock went back behind the renewal',
      record: RENEWED_ONCE,
      at: EXPIRED - SECOND,
      expected: PASS,
    },
  ],

  'row 12: an expired token in good standing is renewed': [
    { name: 'exactly at exp', at: TTL, expected: renewed(1, 0, 0, 0) },
    {
      name: 'exactly at the end of the leeway',
      policy: { leeway: '5s' },
      at: TTL + 5 * SECOND,
      expected: renewed(1, 0, 0, 0),
    },
    { name: 'for the first time', at: EXPIRED, expected: renewed(1, 0, 0, 0) },
    {
      name: 'again after grace, as a sibling, where no successor was seen',
      record: RENEWED_ONCE,
      at: EXPIRED + MINUTE,
      expected: renewed(2, 0, 0, 0),
    },
    {
      name: 'a third sibling',
      record: SIBLINGS,
      at: EXPIRED + MINUTE,
      expected: renewed(3, 0, 0, 0),
    },
    {
      name: 'seen while it was fresh',
      record: { ...RENEWED_ONCE, seen: 1, floor: 1 },
      token: { gen: 1 },
      at: EXPIRED + TTL,
      expected: renewed(2, 1, 1, 1),
    },
    {
      name: 'never seen while it was fresh',
      record: RENEWED_ONCE,
      token: { gen: 1 },
      at: EXPIRED + TTL,
      expected: renewed(2, 1, 1, 1),
    },
    {
      name: 'the younger sibling, which abandons the elder',
      record: SIBLINGS,
      token: { gen: 2 },
      at: EXPIRED + TTL,
      expected: renewed(3, 2, 2, 2),
    },
    {
      name: 'the elder sibling, which abandons the younger',
      record: SIBLINGS,
      token: { gen: 1 },
      at: EXPIRED + TTL,
      expected: renewed(3, 1, 2, 1),
    },
    {
      name: 'a generation beyond issued, as the database lost its last commits',
      token: { gen: 5 },
      at: EXPIRED,
      expected: renewed(6, 5, 5, 5),
    },
    {
      name: 'a generation far beyond siblings',
      record: SIBLINGS,
      token: { gen: 9 },
      at: EXPIRED,
      expected: renewed(10, 9, 9, 9),
    },
    {
      name: 'from a newer version of the same browser',
      client: { userAgent: CLIENT.userAgent.replace('Chrome/140', 'Chrome/141') },
      at: EXPIRED,
      expected: renewed(1, 0, 0, 0),
    },
    {
      name: 'from another address under the default policy',
      client: { ip: '203.0.113.99' },
      at: EXPIRED,
      expected: renewed(1, 0, 0, 0),
    },
  ],

  'row 13: any other generation is theft': [
    {
      name: 'the predecessor of one that was seen',
      record: { ...RENEWED_ONCE, seen: 1, floor: 1 },
      at: EXPIRED + TTL,
      expected: REUSED,
    },
    {
      name: 'the elder sibling after the younger was seen',
      record: SIBLING_SEEN,
      token: { gen: 1 },
      at: EXPIRED + TTL,
      expected: REUSED,
    },
    {
      name: 'the younger sibling after the elder was seen',
      record: { ...SIBLINGS, seen: 1, floor: 2 },
      token: { gen: 2 },
      at: EXPIRED + TTL,
      expected: REUSED,
    },
    {
      name: 'a grandparent',
      record: { issued: 3, seen: 2, floor: 2, parent: 2, updatedAt: T0 + EXPIRED },
      at: EXPIRED,
      expected: REUSED,
    },
    {
      name: 'within grace, where it is not the parent',
      record: { issued: 3, seen: 2, floor: 2, parent: 2, updatedAt: T0 + EXPIRED },
      token: { gen: 1 },
      at: EXPIRED + SECOND,
      expected: REUSED,
    },
    {
      name: 'also where the policy compares nothing',
      policy: { fingerprint: 'off' },
      record: SIBLING_SEEN,
      token: { gen: 1 },
      client: ELSEWHERE,
      at: EXPIRED,
      expected: REUSED,
    },
  ],
}

describe('rows 1 to 4: what is no token of a known session', () => {
  it.each(['missing', 'malformed', 'invalid'] as const)('refuses a %s token before all else', (kind) => {
    const situation = situationOf({ presented: { kind }, user: 'gone', record: recordOf(REVOKED) })
    expect(decide(situation, policyOf())).toEqual({ kind: 'refuse', code: `token_${kind}` })
  })

  it.each([
    ['fresh', MINUTE, 'unasked'],
    ['expired', EXPIRED, 'unasked'],
    ['of a user who is gone', MINUTE, 'gone'],
    ['over every limit', 300 * DAY, 'unasked'],
  ] as const)('row 4: refuses one without a record that is %s', (_, at, user) => {
    const situation = situationOf({ record: undefined, user, now: T0 + at })
    expect(decide(situation, policyOf())).toEqual({ kind: 'refuse', code: 'session_unknown' })
  })
})

for (const [row, cases] of Object.entries(ROWS)) {
  describe(row, () => {
    it.each(cases)('$name', (test) => {
      expect(outcomeOf(test)).toEqual(test.expected)
    })
  })
}

describe('the client', () => {
  it.each([
    ['a fresh token', tokenOf(), recordOf()],
    ['a revoked session', tokenOf({ expiresAt: T0 }), recordOf(REVOKED)],
    ['a session over its limit', tokenOf({ expiresAt: T0 }), recordOf({ createdAt: T0 - 30 * DAY })],
  ])('is not looked at for %s', (_, token, record) => {
    const client = () => expect.fail('the client was read')
    expect(() =>
      decide(situationOf({ presented: { kind: 'verified', token }, record, client }), policyOf()),
    ).not.toThrow()
  })
})
