import { describe, expect, it } from 'vitest'
import { nearest } from '../../src/protocol/nearest.ts'
import { POLICY_OPTIONS } from '../../src/protocol/policy.ts'

describe('nearest', () => {
  it.each([
    ['tokenTTL', 'tokenTtl'],
    ['tokenTl', 'tokenTtl'],
    ['tokentlt', 'tokenTtl'],
    ['idletimeout', 'idleTimeout'],
    ['idle_timeout', 'idleTimeout'],
    ['maxage', 'maxAge'],
    ['MAXAGE', 'maxAge'],
    ['max-age', 'maxAge'],
    ['gracce', 'grace'],
    ['fingerPrint', 'fingerprint'],
    ['onStoreFail', 'onStoreFailure'],
    ['maxSessionPerUsers', 'maxSessionsPerUser'],
    ['issuers', 'issuer'],
  ])('%s means %s', (word, expected) => {
    expect(nearest(word, POLICY_OPTIONS)).toBe(expected)
  })

  it.each([['cookie'], ['refreshToken'], ['x'], ['']])('%j means none of them', (word) => {
    expect(nearest(word, POLICY_OPTIONS)).toBeUndefined()
  })

  it('means nothing where there is nothing', () => {
    expect(nearest('word', [])).toBeUndefined()
  })

  it('takes the first of equals', () => {
    expect(nearest('cat', ['bat', 'hat'])).toBe('bat')
  })
})
