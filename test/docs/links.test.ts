import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { PAGES, ROOT } from './blocks.ts'

/** Of the examples the links are tested here, and the rest by tests of their own. */
const ALL_PAGES = [...PAGES, ...globSync('examples/**/*.md', { cwd: fileURLToPath(ROOT) })]

/** Every link within the repository: `[text](path#section)`, from which page. */
const LINKS = ALL_PAGES.flatMap((page) =>
  [...withoutBlocks(textOf(page)).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(
    ([, path = '', section]) => ({ page, path, section }),
  ),
)

it.each(LINKS)('$page: the link to $path $section leads somewhere', ({ page, path, section }) => {
  const target = path === '' ? new URL(page, ROOT) : new URL(path, new URL(page, ROOT))
  expect(existsSync(target)).toBe(true)
  if (section !== undefined) expect(sectionsOf(readFileSync(target, 'utf8'))).toContain(section)
})

it('docs/http-api.md has every route of the server', () => {
  const files = ['app', 'login', 'me', 'admin', 'probes'].map((name) => `src/server/${name}.ts`)
  const routes = [...files, 'src/express/routes.ts'].flatMap((file) => {
    const prefix = file.endsWith('admin.ts') ? '/admin' : ''
    return [...textOf(file).matchAll(/router\s*\.(get|post|put|patch|delete)\('([^']+)'/g)].map(
      ([, method = '', path]) => `${method.toUpperCase()} ${prefix}${path}`,
    )
  })
  expect(routes.length).toBeGreaterThan(15)
  const page = textOf('docs/http-api.md')
  expect(routes.filter((route) => !page.includes(`\`${route}\``) && !page.includes(`\`${route} `))).toEqual(
    [],
  )
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
