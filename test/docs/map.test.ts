import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { blocksOf, ROOT } from './blocks.ts'

const map = blocksOf('CONTRIBUTING.md').find(({ code }) => code.startsWith('src/\n'))?.code ?? ''

/** What the map names, and what it says of each; what is indented by two is in src/. */
const ENTRIES = [...map.matchAll(/^( {2})?([a-z][\w./-]*)(?: {2,}(.*(?:\n {20,}.*)*))?$/gm)].map(
  ([, indent, name = '', said = '']) => ({ path: indent === undefined ? name : `src/${name}`, said }),
)

/** What tools make, and git ignores: not a part of the code. */
const UNNAMED = new Set(
  readFileSync(new URL('.gitignore', ROOT), 'utf8')
    .split('\n')
    .map((line) => line.replaceAll('/', '')),
)

function childrenOf(folder: string): string[] {
  return readdirSync(new URL(folder, ROOT), { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return folder === '' ? [] : [`${folder}${entry.name}`]
    return entry.name.startsWith('.') || UNNAMED.has(entry.name) ? [] : [`${folder}${entry.name}/`]
  })
}

describe('the map of CONTRIBUTING.md', () => {
  it('has every folder of the repository, and every folder and file at the top of src/', () => {
    const named = ENTRIES.map(({ path }) => path)
    expect([...childrenOf(''), ...childrenOf('src/')].filter((path) => !named.includes(path))).toEqual([])
  })

  it.each(ENTRIES)('$path is there', ({ path, said }) => {
    expect(existsSync(new URL(path, ROOT))).toBe(true)
    // So is what is said of it: within it, beside it, or from the root.
    const places = [new URL(path, ROOT), new URL('src/', ROOT), ROOT]
    const mentioned = [...said.matchAll(/(?<![\w/-])([\w-]+\/|[\w-]+\.(?:ts|md))(?![\w/])/g)]
    const missing = mentioned.filter(
      ([, name = '']) => !places.some((place) => existsSync(new URL(name, place))),
    )
    expect(missing.map(([, name]) => name)).toEqual([])
  })

  it('is read', () => {
    expect(ENTRIES.length).toBeGreaterThan(20)
  })
})
