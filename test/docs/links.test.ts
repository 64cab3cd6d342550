import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { adminRoutes } from '../../src/server/openapi/routes-admin.ts'
import { operationRoutes } from '../../src/server/openapi/routes-operation.ts'
import { ownRoutes } from '../../src/server/openapi/routes-own.ts'
import { PAGES, ROOT } from './blocks.ts'

/** Every link within the repository: `[text](path#section)`, from which page. */
const LINKS = PAGES.flatMap((page) =>
  [...withoutBlocks(textOf(page)).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(
    ([, path = '', section]) => ({ page, path, section }),
  ),
)

it.each(LINKS)('$page: the link to $path $section leads somewhere', ({ page, path, section }) => {
  const target = path === '' ? new URL(page, ROOT) : new URL(path, new URL(page, ROOT))
  expect(existsSync(target)).toBe(true)
  if (section !== undefined) expect(sectionsOf(readFileSync(target, 'utf8'))).toContain(section)
})

/** The OpenAPI document is made of these, and a test holds them against the router. */
const ROUTES = Object.keys({ ...ownRoutes, ...adminRoutes, ...operationRoutes }).map((route) =>
  route.replaceAll(/\{(\w+)\}/g, ':$1'),
)

it.each(ROUTES)('docs/http-api.md has %s', (route) => {
  const page = textOf('docs/http-api.md')
  expect(page.includes(`\`${route}\``) || page.includes(`\`${route} `)).toBe(true)
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
