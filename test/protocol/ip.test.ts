import { describe, expect, it } from 'vitest'
import { normaliseIp, sameNetwork } from '../../src/protocol/ip.ts'

describe('normaliseIp', () => {
  it.each([
    ['192.0.2.10', '192.0.2.10'],
    ['::ffff:192.0.2.10', '192.0.2.10'],
    ['::FFFF:192.0.2.10', '192.0.2.10'],
    ['::ffff:c000:20a', '192.0.2.10'],
    ['0:0:0:0:0:ffff:192.0.2.10', '192.0.2.10'],
    ['255.249.199.99', '255.249.199.99'],
    ['0.10.200.250', '0.10.200.250'],
    ['::ffff:7.0.0.0', '7.0.0.0'],
    ['192.0.010.1', '192.0.8.1'],
    ['2001:0DB8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['::1', '::1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
  ])('writes %s as %s', (ip, expected) => {
    expect(normaliseIp(ip)).toBe(expected)
  })

  it.each([
    ['undefined', undefined, ''],
    ['nothing', '', ''],
    ['a name', 'localhost', 'localhost'],
    ['an address with a port', '192.0.2.10:443', '192.0.2.10:443'],
    ['half an address', '192.0.2.', '192.0.2.'],
    ['a number too large', '192.0.2.256', '192.0.2.256'],
    ['a digit too much', '192.0.2.2550', '192.0.2.2550'],
    ['five numbers', '192.0.2.1.1', '192.0.2.1.1'],
    ['a line behind', '192.0.2.1\nx', '192.0.2.1x'],
  ])('keeps %s', (_, ip, expected) => {
    expect(normaliseIp(ip)).toBe(expected)
  })
})

describe('what comes in place of an address', () => {
  it.each([
    ['at any length', 'x'.repeat(8_000), 'x'.repeat(64)],
    ['with a zone of any length', `fe80::1%${'x'.repeat(8_000)}`, `fe80::1%${'x'.repeat(56)}`],
    ['with characters that no database takes', 'a\0b\r\nc', 'abc'],
    ['with such characters in an address, which then has its one spelling', '\u00000', '0.0.0.0'],
  ])('%s is cut to what can be kept', (_, ip, expected) => {
    expect(normaliseIp(ip)).toBe(expected)
  })
})

describe('sameNetwork', () => {
  it.each([
    ['192.0.2.1', '192.0.2.254', true],
    ['192.0.2.1', '192.0.3.1', false],
    ['10.0.0.1', '10.0.1.1', false],
    ['2001:db8:0:12::1', '2001:db8:0:ff::1', true],
    ['2001:db8:0:12::1', '2001:db8:0:112::1', false],
    ['::1', '::1', true],
    ['192.0.2.1', '::1', false],
    ['::1', '192.0.2.1', false],
    ['', '', true],
    ['', '192.0.2.1', false],
    ['192.0.2.1', '', false],
    ['unix', 'unix', true],
    ['unix', 'unix2', false],
    ['192.0.2.1', '192.0.2.1:80', false],
  ])('%s and %s: %s', (one, other, expected) => {
    expect(sameNetwork(one, other)).toBe(expected)
  })
})
