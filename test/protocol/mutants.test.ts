import { describe, expect, it } from 'vitest'
import { readFingerprint } from '../../src/protocol/fingerprint.ts'
import { normaliseIp } from '../../src/protocol/ip.ts'
import { nearest } from '../../src/protocol/nearest.ts'
import { show } from '../../src/protocol/options.ts'
import { compareVersions } from '../../src/protocol/user-agent.ts'

/** What mutation tests found that no other test would notice. */
describe('at the edges', () => {
  const accepts = (reference: string, presented: string) =>
    readFingerprint('balanced')?.accepts({ ip: '', userAgent: reference }, { ip: '', userAgent: presented })

  it.each([
    ['two that say nothing', 'one', 'other'],
    [
      'one that says a system alone, and a browser',
      'X (Windows NT 10.0)',
      'Y (Windows NT 10.0) Firefox/140.0',
    ],
    [
      'a browser, and one that says a system alone',
      'Y (Windows NT 10.0) Firefox/140.0',
      'X (Windows NT 10.0)',
    ],
  ])('balanced refuses %s', (_name, reference, presented) => {
    expect(accepts(reference, presented)).toBe(false)
  })

  it('balanced takes the same version in another spelling', () => {
    const [one, other] = ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0)', 'Mozilla/5.0 (X11; Linux x86_64)']
    expect(accepts(`${one} Gecko/20100101 Firefox/140.0`, `${other} Gecko/20100101 Firefox/140.0`)).toBe(true)
  })

  it.each([[7], [undefined], [Symbol('off')]])('%s is no fingerprint', (option) => {
    expect(readFingerprint(option)).toBeUndefined()
  })

  it('off would refuse, and not revoke', () => {
    expect(readFingerprint('off')).toMatchObject({ name: 'off', onMismatch: 'refuse', comparesIp: false })
  })

  it('no address is the empty one', () => {
    expect(normaliseIp(undefined)).toBe('')
  })

  it('two slips of the hand are near enough in a short word, three are not', () => {
    expect(nearest('grxye', ['grace'])).toBe('grace')
    expect(nearest('gxxye', ['grace'])).toBeUndefined()
  })

  it.each([
    [60, false],
    [61, true],
  ])('a value of %d characters is cut in a message: %s', (length, isCut) => {
    expect(show('x'.repeat(length)).includes('…')).toBe(isCut)
  })

  it('no version is older than every version, and as old as no version', () => {
    expect(compareVersions(null, '1')).toBeLessThan(0)
    expect(compareVersions(null, null)).toBe(0)
    expect(compareVersions(null, '0.0')).toBe(0)
  })
})
