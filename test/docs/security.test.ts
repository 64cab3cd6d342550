import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const ROOT = new URL('../../', import.meta.url)
const page = readFileSync(new URL('docs/security.md', ROOT), 'utf8')

/** `path`: what a name of its tests has in it. */
const NAMED = [...page.matchAll(/`(test\/[\w/.-]+\.test\.ts)`: ([^|;]+?) *[|;]/g)].map(
  ([, path = '', name = '']) => ({
    path,
    name,
  }),
)

it('docs/security.md names tests', () => {
  expect(NAMED.length).toBeGreaterThan(30)
})

it.each(NAMED)('$path has “$name”', ({ path, name }) => {
  expect(existsSync(new URL(path, ROOT))).toBe(true)
  expect(readFileSync(new URL(path, ROOT), 'utf8').toLowerCase()).toContain(name.toLowerCase())
})
