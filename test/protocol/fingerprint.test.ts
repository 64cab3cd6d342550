import { describe, expect, it } from 'vitest'
import { type FingerprintPolicy, readFingerprint } from '../../src/protocol/fingerprint.ts'
import type { Client } from '../../src/protocol/types.ts'
import { USER_AGENT_LENGTH } from '../../src/protocol/user-agent.ts'
import { CLIENT } from '../support/records.ts'
import { BROWSERS, CHROME, CHROME_NEWER, FIREFOX, PROGRAMS } from '../support/user-agents.ts'

function fingerprint(option: unknown): FingerprintPolicy {
  return readFingerprint(option) ?? expect.fail('the option was not taken')
}

function accepts(option: unknown, reference: Partial<Client>, presented: Partial<Client>): unknown {
  return fingerprint(option).accepts({ ...CLIENT, ...reference }, { ...CLIENT, ...presented })
}

function acceptsAgent(option: unknown, reference: string, presented: string): unknown {
  return accepts(option, { userAgent: reference }, { userAgent: presented })
}

function acceptsIp(option: unknown, reference: string, presented: string): unknown {
  return accepts(option, { ip: reference }, { ip: presented })
}

const NAMES = Object.keys(BROWSERS) as (keyof typeof BROWSERS)[]
/** Browsers that say the same of themselves on one system, so that they cannot be told apart. */
const EVERY_OTHER = NAMES.flatMap((one) =>
  NAMES.filter((other) => other !== one).map((other) => [one, other] as const),
)

describe('balanced', () => {
  it.each(NAMES)('%s: the version may stay and rise, never fall', (name) => {
    const agent = BROWSERS[name]
    expect(acceptsAgent('balanced', agent(140), agent(140))).toBe(true)
    expect(acceptsAgent('balanced', agent(140), agent(141))).toBe(true)
    expect(acceptsAgent('balanced', agent(99), agent(100))).toBe(true)
    expect(acceptsAgent('balanced', agent(140), agent(139))).toBe(false)
    expect(acceptsAgent('balanced', agent(100), agent(99))).toBe(false)
  })

  it.each(EVERY_OTHER)('%s does not become %s', (one, other) => {
    expect(acceptsAgent('balanced', BROWSERS[one](140), BROWSERS[other](140))).toBe(false)
    expect(acceptsAgent('balanced', BROWSERS[one](140), BROWSERS[other](150))).toBe(false)
  })

  it.each(Object.entries(PROGRAMS))('%s says nothing known: it must be identical', (_, agent) => {
    expect(acceptsAgent('balanced', agent, agent)).toBe(true)
    expect(acceptsAgent('balanced', agent, `${agent}0`)).toBe(false)
    expect(acceptsAgent('balanced', agent, agent.replace(/\d/, '9'))).toBe(false)
    expect(acceptsAgent('balanced', agent, CHROME)).toBe(false)
    expect(acceptsAgent('balanced', CHROME, agent)).toBe(false)
  })

  it.each([
    ['both missing', '', '', true],
    ['missing at login', '', CHROME, false],
    ['missing now', CHROME, '', false],
    ['the case of letters, where nothing else is known', 'MyApp/1', 'myapp/1', false],
    ['a minor version that falls', 'Firefox/140.1', 'Firefox/140.0', false],
    ['a minor version that rises', 'Firefox/140.0', 'Firefox/140.1', true],
    ['a version given up', 'Firefox/140.0', 'Firefox/', false],
  ])('%s', (_, reference, presented, expected) => {
    expect(acceptsAgent('balanced', reference, presented)).toBe(expected)
  })

  it('compares what is left of user agents that were cut', () => {
    const long = (end: string) =>
      `${CHROME} ${'x'.repeat(USER_AGENT_LENGTH)}${end}`.slice(0, USER_AGENT_LENGTH)
    expect(acceptsAgent('balanced', long('a'), long('b'))).toBe(true)
    const opaque = 'x'.repeat(USER_AGENT_LENGTH)
    expect(acceptsAgent('balanced', opaque, opaque)).toBe(true)
    expect(acceptsAgent('balanced', opaque, `${opaque.slice(1)}y`)).toBe(false)
  })

  it('does not look at addresses', () => {
    expect(acceptsIp('balanced', '192.0.2.1', '2001:db8::1')).toBe(true)
    expect(fingerprint('balanced')).toMatchObject({
      name: 'balanced',
      comparesIp: false,
      onMismatch: 'refuse',
    })
  })
})

describe('strict', () => {
  it.each([
    ['the same', CHROME, CHROME, true],
    ['both missing', '', '', true],
    ['a newer version', CHROME, CHROME_NEWER, false],
    ['another browser', CHROME, FIREFOX, false],
    ['a blank more', CHROME, `${CHROME} `, false],
  ])('user agent byte for byte: %s', (_, reference, presented, expected) => {
    expect(acceptsAgent('strict', reference, presented)).toBe(expected)
  })

  it.each([
    ['the same', '192.0.2.10', '192.0.2.10', true],
    ['the same /24', '192.0.2.0', '192.0.2.255', true],
    ['the next /24', '192.0.2.255', '192.0.3.0', false],
    ['the same /56', '2001:db8:1:200::', '2001:db8:1:2ff:ffff:ffff:ffff:ffff', true],
    ['the next /56', '2001:db8:1:2ff::1', '2001:db8:1:300::1', false],
    ['IPv4 and IPv6', '192.0.2.10', '2001:db8::1', false],
    ['missing now', '192.0.2.10', '', false],
    ['missing both times', '', '', true],
  ])('address: %s', (_, reference, presented, expected) => {
    expect(acceptsIp('strict', reference, presented)).toBe(expected)
  })

  it('compares addresses, which matters for trust proxy', () => {
    expect(fingerprint('strict')).toMatchObject({ name: 'strict', comparesIp: true, onMismatch: 'refuse' })
  })
})

describe('off', () => {
  it('compares nothing', () => {
    expect(accepts('off', { ip: '192.0.2.1', userAgent: CHROME }, { ip: '', userAgent: '' })).toBe(true)
    expect(fingerprint('off')).toMatchObject({ name: 'off', comparesIp: false })
  })
})

describe('a rule of one’s own', () => {
  const OTHER_HOST = '192.0.2.99'
  const OTHER_NETWORK = '198.51.100.1'

  it.each([
    [{ ip: 'exact' }, OTHER_HOST, CHROME, false],
    [{ ip: 'exact' }, CLIENT.ip, CHROME_NEWER, true],
    [{ ip: 'network' }, OTHER_HOST, CHROME, true],
    [{ ip: 'network' }, OTHER_NETWORK, CHROME, false],
    [{ ip: 'ignore' }, OTHER_NETWORK, CHROME, true],
    [{ ip: 'exact', userAgent: 'ignore' }, CLIENT.ip, FIREFOX, true],
    [{ ip: 'exact', userAgent: 'ignore' }, OTHER_HOST, CHROME, false],
    [{ userAgent: 'exact' }, OTHER_NETWORK, CHROME, true],
    [{ userAgent: 'exact' }, CLIENT.ip, CHROME_NEWER, false],
    [{ userAgent: 'family' }, OTHER_NETWORK, CHROME_NEWER, true],
    [{ userAgent: 'family' }, CLIENT.ip, FIREFOX, false],
    [{ userAgent: 'ignore' }, OTHER_NETWORK, '', true],
    [{}, OTHER_NETWORK, CHROME_NEWER, true],
    [{}, CLIENT.ip, FIREFOX, false],
    [{ onMismatch: 'revoke' }, CLIENT.ip, FIREFOX, false],
  ] as const)('%j accepts %s with %s: %s', (rule, ip, userAgent, expected) => {
    expect(accepts(rule, {}, { ip, userAgent })).toBe(expected)
  })

  it.each([
    [{}, 'refuse', false],
    [{ onMismatch: 'refuse' }, 'refuse', false],
    [{ onMismatch: 'revoke' }, 'revoke', false],
    [{ ip: 'ignore' }, 'refuse', false],
    [{ ip: 'network' }, 'refuse', true],
    [{ ip: 'exact', onMismatch: 'revoke' }, 'revoke', true],
  ] as const)('%j: on mismatch %s, compares addresses: %s', (rule, onMismatch, comparesIp) => {
    expect(fingerprint(rule)).toMatchObject({ name: 'custom', onMismatch, comparesIp })
  })

  it('does not follow what happens to the object afterwards', () => {
    const rule: Record<string, string> = { userAgent: 'exact' }
    const policy = fingerprint(rule)
    rule['userAgent'] = 'ignore'
    expect(policy.accepts(CLIENT, { ...CLIENT, userAgent: CHROME_NEWER })).toBe(false)
    expect(Object.isFrozen(policy)).toBe(true)
  })
})

describe('a function', () => {
  it('is given the reference and the client that presents', () => {
    const calls: unknown[] = []
    const policy = fingerprint((...args: unknown[]) => calls.push(args))
    const presented = { ip: '198.51.100.7', userAgent: FIREFOX }
    policy.accepts(CLIENT, presented)
    expect(calls).toEqual([[CLIENT, presented]])
  })

  it('counts as comparing addresses, as it may', () => {
    expect(fingerprint(() => true)).toMatchObject({
      name: 'function',
      comparesIp: true,
      onMismatch: 'refuse',
    })
  })
})

describe('what is no fingerprint option', () => {
  it.each([
    ['a misspelt name', 'ballanced'],
    ['another case', 'Strict'],
    ['an empty name', ''],
    ['a name that every object has', 'toString'],
    ['the name of an inner kind', 'custom'],
    ['null', null],
    ['true', true],
    ['a number', 1],
    ['a list', ['strict']],
    ['an empty list', []],
    ['an unknown key', { ips: 'exact' }],
    ['a key that every object has', { toString: 'exact' }],
    ['a wrong value', { ip: 'same' }],
    ['a value of the other key', { ip: 'family' }],
    ['an undefined value', { userAgent: undefined }],
    ['a null value', { onMismatch: null }],
    ['one right and one wrong key', { ip: 'exact', useragent: 'exact' }],
    ['a promise', Promise.resolve('strict')],
    ['a map', new Map([['ip', 'exact']])],
    ['a date', new Date()],
  ])('%s', (_, option) => {
    expect(readFingerprint(option)).toBeUndefined()
  })

  it('but an object without a prototype is a rule', () => {
    const rule = Object.assign(Object.create(null), { ip: 'exact' })
    expect(readFingerprint(rule)).toMatchObject({ name: 'custom', comparesIp: true })
  })
})
