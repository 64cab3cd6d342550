import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ERRORS } from '../../src/index.ts'
import { run } from '../examples/run.ts'
import { standAlone } from '../examples/stand-alone.ts'

const page = readFileSync(new URL('../../docs/clients.md', import.meta.url), 'utf8')

function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, code]) => code ?? '',
  )
}

/** Where a package that a block imports really is. */
function locate(specifier: string): string {
  const [, entry] = /^sliding-jwt\/client\/?(.*)$/.exec(specifier) ?? []
  if (entry === undefined) return import.meta.resolve(specifier)
  return new URL(`../../src/client/${entry || 'index'}.ts`, import.meta.url).href
}

describe('docs/clients.md', () => {
  const server = standAlone()
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-docs-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(blocks('ts').map((code, index) => [index + 1, code] as const))(
    'block %i runs',
    async (index, code) => {
      const program = code
        .replaceAll(/from '([^']+)'/g, (_, specifier) => `from ${JSON.stringify(locate(specifier))}`)
        .replaceAll('https://api.example.org', server.url)
        .replaceAll("'token'", JSON.stringify(join(folder, 'token')))
      const path = join(folder, `block-${index}.ts`)
      writeFileSync(path, `const { NAME: username, PASSWORD: password } = process.env\n${program}`)
      const { username: NAME, password: PASSWORD } = server
      const out = await run('.', process.execPath, ['--no-warnings', path], { NAME, PASSWORD })
      expect(out).toMatch(/admin|200/)
    },
  )

  it('has runnable blocks, and shows the 15 lines as they are', () => {
    expect(blocks('ts').length).toBe(4)
    const lines = readFileSync(new URL('../../examples/browser/sliding.js', import.meta.url), 'utf8')
    expect(blocks('js')).toEqual([lines])
  })

  it('names codes that there are', () => {
    const [, list = ''] = /server's \[code\].*?\n\n(.*?)\n\n/s.exec(page) ?? []
    const codes = [...list.matchAll(/`(\w+)`/g)].map(([, code]) => code ?? '')
    expect(codes.length).toBe(9)
    for (const code of codes) expect(ERRORS).toHaveProperty(code)
  })
})
