import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigurationError, type SigningJwks } from '../../src/index.ts'
import { readKeyFile } from '../../src/server/key-file.ts'
import { changeKeyFile } from '../../src/server/keys-write.ts'
import { temporaryFolder } from '../support/files.ts'
import { jwkOf } from '../support/keys.ts'

const ONE: SigningJwks = { keys: [jwkOf('HS256')] }
const TWO: SigningJwks = { keys: [...ONE.keys, jwkOf('ES256')] }

function keyFile(): string {
  const path = join(temporaryFolder(), 'keys.json')
  writeFileSync(path, JSON.stringify(ONE), { mode: 0o600 })
  return path
}

const modeOf = (path: string) => statSync(path).mode & 0o777

describe('changeKeyFile', () => {
  it('makes a file for its owner alone', async () => {
    const path = join(temporaryFolder(), 'keys.json')
    await changeKeyFile(path, (keys) => {
      expect(keys).toEqual({ keys: [] })
      return ONE
    })
    expect(readKeyFile(path)).toEqual(ONE)
    expect(modeOf(path)).toBe(0o600)
  })

  it.each([0o600, 0o640, 0o400])('keeps the mode %o', async (mode) => {
    const path = keyFile()
    chmodSync(path, mode)
    await changeKeyFile(path, () => TWO)
    expect(readKeyFile(path)).toEqual(TWO)
    expect(modeOf(path)).toBe(mode)
  })

  it('puts a whole file in its place: who has the old one open still reads that', async () => {
    const path = keyFile()
    const { ino } = statSync(path)
    await changeKeyFile(path, () => TWO)
    expect(statSync(path).ino).not.toBe(ino)
    expect(existsSync(`${path}.new`)).toBe(false)
  })

  it('follows a symbolic link, and leaves it', async () => {
    const path = keyFile()
    const link = join(temporaryFolder(), 'link.json')
    symlinkSync(path, link)
    await changeKeyFile(link, () => TWO)
    expect(readKeyFile(path)).toEqual(TWO)
    expect(readKeyFile(link)).toEqual(TWO)
  })

  it('changes nothing, and leaves nothing behind, where the change is refused', async () => {
    const path = keyFile()
    const before = readFileSync(path, 'utf8')
    const refused = changeKeyFile(path, () => {
      throw new Error('refused')
    })
    await expect(refused).rejects.toThrow('refused')
    expect(readFileSync(path, 'utf8')).toBe(before)
    expect(existsSync(`${path}.new`)).toBe(false)
  })

  it('refuses a second change at the same time, and the first one is done', async () => {
    const path = keyFile()
    const { promise, resolve } = Promise.withResolvers<SigningJwks>()
    const first = changeKeyFile(path, () => promise)
    await expect(changeKeyFile(path, () => ONE)).rejects.toThrow('another command is at work, or was ended')
    resolve(TWO)
    await first
    expect(readKeyFile(path)).toEqual(TWO)
  })

  it('refuses a file that is no JSON, and a folder that is not there', async () => {
    const path = keyFile()
    writeFileSync(path, '{')
    await expect(changeKeyFile(path, () => TWO)).rejects.toThrow('a file that is no JSON')
    expect(readFileSync(path, 'utf8')).toBe('{')
    const nowhere = join(temporaryFolder(), 'nowhere', 'keys.json')
    const refused = changeKeyFile(nowhere, () => TWO)
    await expect(refused).rejects.toThrow(ConfigurationError)
    await expect(refused).rejects.toThrow('which cannot be made (ENOENT)')
  })
})
