import { describe, expect, it } from 'vitest'
import { formatBytes, formatTable, plural } from '../../src/cli/output.ts'

const HEADINGS = ['NAME', 'DEVICE', 'ID']

describe('formatTable', () => {
  it('is as wide as it needs to be', () => {
    expect(formatTable(HEADINGS, [['anna', 'Firefox 140 on Linux', 'x1']])).toBe(
      'NAME  DEVICE                ID\nanna  Firefox 140 on Linux  x1',
    )
  })

  it('keeps columns straight in every script', () => {
    const lines = formatTable(HEADINGS, [
      ['山田太郎', 'a', '1'],
      ['e\u0301va', 'b', '2'],
      ['🚀', 'c', '3'],
    ]).split('\n')
    expect(lines).toEqual([
      'NAME      DEVICE  ID',
      '山田太郎  a       1',
      'e\u0301va       b       2',
      '🚀        c       3',
    ])
  })

  it('lets one column give way to the width of the terminal, and no identifier', () => {
    const row = ['anna', 'Firefox 140 on a very long system', 'Qm9yZGVyIHRlcnJpZXJzIQ']
    const [, line = ''] = formatTable(HEADINGS, [row], { width: 50, flexible: 'DEVICE' }).split('\n')
    expect(line).toBe('anna  Firefox 140 on a ve…  Qm9yZGVyIHRlcnJpZXJzIQ')
    expect(line).toHaveLength(50)
    const [, narrow = ''] = formatTable(HEADINGS, [row], { width: 10, flexible: 'DEVICE' }).split('\n')
    expect(narrow).toBe('anna  Firefox…  Qm9yZGVyIHRlcnJpZXJzIQ')
    expect(formatTable(HEADINGS, [row], { width: 200, flexible: 'DEVICE' })).toContain(row[1])
  })

  it('lets nothing that clients sent steer the terminal', () => {
    const table = formatTable(['DEVICE'], [['a\u001b[31m\u009b31m\nb\u202ec']])
    expect(table).toBe('DEVICE\na?[31m?31m?b?c')
  })
})

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1.0 kB'],
  [1_540_000, '1.5 MB'],
  [999_000_000, '999 MB'],
  [12_000_000_000_000_000, '12000 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

it.each([
  [0, '0 sessions'],
  [1, '1 session'],
  [12_000, '12,000 sessions'],
])('%d: %s', (count, text) => {
  expect(plural(count, 'session')).toBe(text)
})
