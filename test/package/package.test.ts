import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkProject, writeConsumer } from '../../tools/package/consumer.ts'
import { checkTypes, lintPackage } from '../../tools/package/lint.ts'
import { type Packed, pack } from '../../tools/package/pack.ts'
import { stage } from '../../tools/package/stage.ts'
import { hiddenTypes, publicTypes } from '../../tools/package/types.ts'

/** `npm run package-check` does the same with the console, and installs the package in an empty project. */
describe('the package', () => {
  const place = mkdtempSync(join(tmpdir(), 'sliding-jwt-package-'))
  const folder = join(place, 'package')
  let packed: Packed
  beforeAll(() => {
    stage(folder)
    for (const path of hiddenTypes(folder)) rmSync(path)
    packed = pack(folder, folder)
  })
  afterAll(() => rmSync(place, { recursive: true }))

  it('has what runs, its types and its migrations, and nothing else', () => {
    const kinds = packed.paths.map((path) => path.replace(/[\w-]+(?=\.(d\.ts|js|sql)$)/, '*'))
    const foreign = kinds.filter((path) => !/^(bin|dist|drizzle)\//.test(path))
    expect(foreign.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'])
    const types = new Set(kinds.map((path) => path.split('*')[1] ?? path.split('/').at(-1)))
    expect([...types].sort()).toEqual(
      [
        '.d.ts',
        '.js',
        '.sql',
        '_journal.json',
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'package.json',
      ].sort(),
    )
    expect(packed.size).toBeLessThan(160_000)
  })

  it('names no package in its public types but Express, axios and Node', () => {
    const packages = [...publicTypes(folder).packages].filter((name) => !name.startsWith('node:'))
    expect(packages.sort()).toEqual(['axios', 'express'])
  })

  it('compiles in a project that uses it and believes nobody’s types', { timeout: 120_000 }, () => {
    const consumer = join(place, 'consumer')
    writeConsumer(consumer, 0)
    mkdirSync(join(consumer, 'node_modules'))
    symlinkSync(folder, join(consumer, 'node_modules', 'sliding-jwt'))
    symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(place, 'node_modules'))
    expect(() => checkProject(consumer)).not.toThrow()
  })

  it('is as publint wants it', async () => {
    expect(await lintPackage(packed.tarball)).toEqual([])
  })

  it('has types that are found from everywhere', () => {
    expect(() => checkTypes(packed.tarball)).not.toThrow()
  })
})
