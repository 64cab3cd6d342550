import { describe, expect, test } from 'vitest'
import { compareDesigns, type DesignResult } from './compare.ts'
import { comparisonTable, duration } from './comparison-table.ts'
import type { Surroundings } from './designs/design.ts'
import { RotatingPair } from './designs/pair.ts'
import { withTable } from './document.ts'
import { plotComparison } from './plot.ts'
import { ORDINARY } from './settings.ts'
import { Timeline } from './timeline.ts'

const RESULT: DesignResult = {
  name: 'a design',
  deviceDays: 100,
  honestLogoutsPer1000DeviceDays: 6_543.2,
  stolenWorks: { median: 900_000, max: 86_400_000 },
  stolenLives: [0, 900_000, 86_400_000],
  thefts: 3,
  detectedShare: 0.987,
  readsPerRequest: 1.25,
  writesPerRequest: 0.25,
  extraPer1000Requests: 0.75,
}

describe('compareDesigns', () => {
  test('tells the four designs apart', async () => {
    const [naive, relogin, pair, ours] = await compareDesigns(1, 1)

    expect(naive).toMatchObject({
      name: 'naive single token',
      honestLogoutsPer1000DeviceDays: 0,
      detectedShare: 0,
    })
    expect(relogin?.honestLogoutsPer1000DeviceDays).toBeGreaterThan(1_000)
    expect(pair?.honestLogoutsPer1000DeviceDays).toBeGreaterThan(0)
    expect(pair?.extraPer1000Requests).toBeGreaterThan(10)
    expect(ours).toMatchObject({ name: 'sliding-jwt', honestLogoutsPer1000DeviceDays: 0 })
    expect(ours?.detectedShare).toBeGreaterThan(0.8)
    expect(ours?.extraPer1000Requests).toBeLessThan(10)
    expect(ours?.writesPerRequest).toBeGreaterThan(0)
    expect(naive?.stolenWorks.median).toBeGreaterThan(10 * (ours?.stolenWorks.median ?? 0))
  }, 60_000)
})

describe('RotatingPair', () => {
  test('revokes the session where a refresh token is used twice', () => {
    const timeline = new Timeline()
    const revoked: unknown[] = []
    const surroundings: Surroundings = {
      roleOf: () => 'user',
      revoked: (target, reason) => revoked.push([target, reason]),
    }
    const pair = new RotatingPair(ORDINARY.rules, timeline, surroundings)
    const client = { ip: '', userAgent: '' }
    const login = pair.answer({ kind: 'login', user: 'u', token: undefined, client, strict: false })
    const token = login.kind === 'pass' ? login.token : undefined
    const refresh = () => pair.answer({ kind: 'refresh', user: 'u', token, client, strict: false })

    expect(refresh()).toMatchObject({ kind: 'pass', token: { gen: 1 } })
    expect(refresh()).toEqual({ kind: 'refuse', code: 'token_reused' })
    expect(refresh()).toEqual({ kind: 'refuse', code: 'session_revoked' })
    expect(revoked).toEqual([[{ session: token?.session }, 'reuse']])
  })
})

describe('what the comparison writes', () => {
  test('a table with a row for each design', () => {
    const [head, rule, row] = comparisonTable([RESULT]).split('\n')

    expect(head).toMatch(/design .* honest log-outs .* max .* detected .* reads \/ writes .* extra requests/)
    expect(rule).toMatch(/^\| -+ \|( -+: \|)+$/)
    expect(row?.split('|').map((cell) => cell.trim())).toEqual([
      '',
      'a design',
      '6,543',
      '15 min',
      '1.0 d',
      '99 %',
      '1.25 / 0.25',
      '0.75',
      '',
    ])
  })

  test.each([
    [0, '0 s'],
    [1_500, '1.5 s'],
    [780_000, '13 min'],
    [7_200_000, '2.0 h'],
    [30 * 86_400_000, '30 d'],
  ])('%d ms as %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text)
  })

  test('a plot for light and dark ground that names each design', () => {
    const plot = plotComparison([RESULT, { ...RESULT, name: 'another', honestLogoutsPer1000DeviceDays: 0 }])

    expect(plot).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
    expect(plot).toContain('prefers-color-scheme:dark')
    expect(plot).toContain('>another</text>')
    expect(plot).not.toMatch(/NaN|undefined|Infinity/)
    expect(plot.match(/<path class="curve d1"/g)).toHaveLength(2)
  })

  test('replaces the table between its markers and nothing else', () => {
    const text = [
      'before',
      '<!-- comparison: written by npm run simulate -- --compare -->',
      'old',
      '<!-- end of comparison -->',
      'after',
    ].join('\n')

    const once = withTable(text, 'new')

    expect(once).toMatch(/^before\n<!-- comparison[\s\S]*-->\n\nnew\n\n<!-- end of comparison -->\nafter$/)
    expect(withTable(once, 'new')).toBe(once)
    expect(() => withTable('no markers', 'new')).toThrow('markers')
  })
})
