import { globSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const ROOT = new URL('../../', import.meta.url)

/** A block of code in a page of the documentation. */
export interface Block {
  /** Such as `docs/clients.md`. */
  readonly page: string
  /** Of its first line. */
  readonly line: number
  /** Empty where none is named. */
  readonly language: string
  readonly code: string
  /** Why it is not run, where a comment before it says so. */
  readonly reason: string | undefined
}

/** The pages whose blocks are tested. */
export const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(new URL('docs/', ROOT))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** The pages of the examples: their commands are run, too; their programs by tests of their own in test/examples. */
export const EXAMPLES = globSync('examples/**/README.md', { cwd: fileURLToPath(ROOT) }).sort()

const BLOCK = /(?:<!-- not run(?: here)?: ([^\n]+) -->\s*)?^```(\w*)\n(.*?)^```$/gms

/** Every block of a page, in its order. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(new URL(page, ROOT), 'utf8')
  return [...text.matchAll(BLOCK)].map((match) => {
    const [whole, reason, language = '', code = ''] = match
    const fence = whole.indexOf('```')
    const line = text.slice(0, match.index + fence).split('\n').length + 1
    return { page, line, language, code, reason }
  })
}

/** Every block of every page. */
export const BLOCKS = PAGES.flatMap(blocksOf)

/** The same as a row of a table of tests. */
export function named(blocks: readonly Block[]): (readonly [name: string, block: Block])[] {
  return blocks.map((block) => [`${block.page}:${block.line}`, block])
}
