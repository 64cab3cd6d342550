import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { PAGES } from '../../tools/docs/pages.ts'

it.each(Object.entries(PAGES))('%s is what the source says (npm run docs)', (path, make) => {
  expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(make())
})
