import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readKeyFile, readOrMakeKeyFile } from '../../src/server/key-file.ts'
import { temporaryFolder } from '../support/files.ts'

describe('readOrMakeKeyFile', () => {
  it('makes a file for its owner alone, once, and leaves nothing beside it', () => {
    const folder = temporaryFolder()
    const path = join(folder, 'keys.json')
    const made = readOrMakeKeyFile(path)
    expect(made.keys).toHaveLength(1)
    expect(readOrMakeKeyFile(path)).toEqual(made)
    expect(readKeyFile(path)).toEqual(made)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['keys.json'])
  })

  it('is not hindered by another that makes it, nor by what a crash left, though their processes have one number', () => {
    const path = join(temporaryFolder(), 'keys.json')
    const draft = `${path}.${process.pid}`
    writeFileSync(draft, 'half of')
    expect(readOrMakeKeyFile(path).keys).toHaveLength(1)
    expect(existsSync(draft)).toBe(true)
  })
})
