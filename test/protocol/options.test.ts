import { describe, expect, it } from 'vitest'
import { DURATION_FORM } from '../../src/protocol/duration.ts'
import { ConfigurationError } from '../../src/protocol/errors.ts'
import { readBoolean, readDuration, readFunction, refuseUnknown, show } from '../../src/protocol/options.ts'
import { POLICY_OPTIONS, readPolicy } from '../../src/protocol/policy.ts'

describe('refuseUnknown', () => {
  it.each([
    ['tokenTTL', 'did you mean tokenTtl?'],
    ['idleTimout', 'did you mean idleTimeout?'],
    ['MaxAge', 'did you mean maxAge?'],
    ['fingerprints', 'did you mean fingerprint?'],
    ['cookieName', `known are ${POLICY_OPTIONS.join(', ')}`],
  ])('%s: %s', (option, hint) => {
    const message = `${option}: unknown option; ${hint}`
    const takes = `one of ${POLICY_OPTIONS.join(', ')}`
    const act = () => refuseUnknown({ tokenTtl: '5m', [option]: 1 }, POLICY_OPTIONS)
    expect(act).toThrow(ConfigurationError)
    expect(act).toThrow(expect.objectContaining({ message, option, got: 'an unknown option', takes }))
  })

  it('lets all known ones pass', () => {
    expect(refuseUnknown(readPolicy({}), POLICY_OPTIONS)).toBeUndefined()
  })
})

describe('show', () => {
  it.each([
    ['word', '"word"'],
    ['two\nlines', '"two\\nlines"'],
    ['x'.repeat(61), `"${'x'.repeat(60)}…"`],
    [undefined, 'nothing'],
    [null, 'null'],
    [12, '12'],
    [12n, '12'],
    [Symbol('s'), 'Symbol(s)'],
    [{ secret: 'hidden' }, 'an object'],
    [['hidden'], 'a list'],
    [() => 'hidden', 'a function'],
  ])('case %#', (value, expected) => {
    expect(show(value)).toBe(expected)
  })
})

describe('what an option is read as', () => {
  const byDefault = () => 'default'
  const given = () => 'given'

  it.each([
    ['a function', () => readFunction('now', given, byDefault), given],
    ['no function', () => readFunction('now', undefined, byDefault), byDefault],
    ['a duration', () => readDuration('maxAuthAge', '5m'), 300_000],
    ['true', () => readBoolean('strict', true), true],
    ['nothing', () => readBoolean('strict', undefined), false],
  ])('%s', (_, read, expected) => {
    expect(read()).toBe(expected)
  })

  it.each([
    ['now', '5', 'a function', () => readFunction('now', 5 as unknown as () => string, byDefault)],
    ['maxAuthAge', '"soon"', DURATION_FORM, () => readDuration('maxAuthAge', 'soon')],
    ['strict', '"yes"', 'true or false', () => readBoolean('strict', 'yes')],
  ])('%s of %s is refused', (option, got, takes, read) => {
    expect(read).toThrow(new ConfigurationError(option, got, takes))
  })
})
