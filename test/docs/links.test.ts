import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { EVENT_TYPES } from '../../src/server/audit.ts'
import { openApiDocument } from '../../src/server/openapi/document.ts'
import { EXAMPLES, PAGES, ROOT } from './blocks.ts'

/** Every link within the repository: `[text](path#section)`, from which page. */
const LINKS = [...PAGES, ...EXAMPLES].flatMap((page) =>
  [...withoutBlocks(textOf(page)).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(
    ([, path = '', section]) => ({ page, path, section }),
  ),
)

it.each(LINKS)('$page: the link to $path $section leads somewhere', ({ page, path, section }) => {
  const target = path === '' ? new URL(page, ROOT) : new URL(path, new URL(page, ROOT))
  expect(existsSync(target)).toBe(true)
  if (section !== undefined) expect(sectionsOf(readFileSync(target, 'utf8'))).toContain(section)
})

it('docs/http-api.md has every route of the server in one row, and every type of event', () => {
  const routes = Object.entries(openApiDocument().paths ?? {}).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  const page = textOf('docs/http-api.md')
  const rows = [...page.matchAll(/^\| (.*?) \|/gm)].map(([, requests = '']) => requests)
  const told = rows.flatMap((row) => row.match(/(?<=`)[A-Z]+ \/[^\s`]*/g) ?? [])
  expect(routes.length).toBeGreaterThan(20)
  expect(told.sort()).toEqual(routes.sort())
  expect(EVENT_TYPES.filter((type) => !page.includes(`\`${type}\``))).toEqual([])
})

function textOf(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8')
}

function withoutBlocks(text: string): string {
  return text.replaceAll(/^```.*?^```$/gms, '')
}

/** The anchors of a page's headings, as GitHub makes them. */
function sectionsOf(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
