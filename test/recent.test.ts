import { describe, expect, it } from 'vitest'
import { Recent } from '../src/recent.ts'

function filled(entries: number, keys: number): Recent<number, string> {
  const recent = new Recent<number, string>(entries)
  for (let key = 0; key < keys; key += 1) recent.set(key, `value ${key}`)
  return recent
}

const kept = (recent: Recent<number, string>, keys: number) =>
  Array.from({ length: keys }, (_, key) => key).filter((key) => recent.peek(key) !== undefined)

describe('Recent', () => {
  it.each([1, 2, 3, 4, 5, 10, 11])(
    'of %i entries never holds more, and the latest half at least',
    (entries) => {
      const recent = new Recent<number, string>(entries)
      for (let key = 0; key < 100; key += 1) {
        recent.set(key, `value ${key}`)
        expect(recent.values().length).toBeLessThanOrEqual(entries)
        for (let age = 0; age < Math.min(key + 1, Math.floor(entries / 2)); age += 1) {
          expect(recent.peek(key - age)).toBe(`value ${key - age}`)
        }
      }
    },
  )

  it('keeps what is used', () => {
    const recent = filled(10, 1)
    for (let key = 1; key < 100; key += 1) {
      recent.set(key, `value ${key}`)
      expect(recent.get(0)).toBe('value 0')
    }
  })

  it('a peek is no use', () => {
    const recent = filled(10, 5)
    for (let key = 5; key < 10; key += 1) {
      expect(recent.peek(0)).toBe(key < 10 ? 'value 0' : undefined)
      recent.set(key, `value ${key}`)
    }
    expect(recent.peek(0)).toBeUndefined()
  })

  it('has one value for a key, the latest', () => {
    const recent = filled(10, 7)
    recent.set(1, 'new')
    expect(recent.get(1)).toBe('new')
    expect(recent.values().filter((value) => value === 'new' || value === 'value 1')).toEqual(['new'])
  })

  it('forgets one, or all', () => {
    const recent = filled(10, 7)
    recent.delete(1)
    recent.delete(6)
    expect(kept(recent, 7)).toEqual([0, 2, 3, 4, 5])
    recent.clear()
    expect(kept(recent, 7)).toEqual([])
  })
})
