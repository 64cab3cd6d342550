import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const ROOT = new URL('../../', import.meta.url)
const page = readFileSync(new URL('docs/security.md', ROOT), 'utf8')

/** `path`: “name of a test, or of a row of its table”, and “another”. */
const NAMED = [...page.matchAll(/`(test\/[\w/.-]+\.test\.ts)`: ((?:“[^”]+”(?:, (?:and )?|))+)/g)].flatMap(
  ([, path = '', names = '']) => [...names.matchAll(/“([^”]+)”/g)].map(([, name = '']) => ({ path, name })),
)

/** What is written between the quotes of a file, whole. */
function textsOf(path: string): string[] {
  const source = readFileSync(new URL(path, ROOT), 'utf8')
  return [...source.matchAll(/'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/g)].map(
    ([, single, double]) => single ?? double ?? '',
  )
}

it('docs/security.md names the tests of its rows', () => {
  expect(NAMED.length).toBeGreaterThan(60)
  const paths = page.match(/`test\/[^`]+`/g) ?? []
  expect(paths.filter((path) => !page.includes(`${path}: “`))).toEqual([])
})

it.each(NAMED)('$path has “$name”', ({ path, name }) => {
  expect(existsSync(new URL(path, ROOT))).toBe(true)
  expect(textsOf(path)).toContain(name)
})
