import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { generateKey, type SigningJwks, slidingSession } from '../../src/index.ts'
import { watchKeys } from '../../src/server/keys-watch.ts'
import { createLogger } from '../../src/server/logging.ts'
import { temporaryFolder } from '../support/files.ts'
import { jwkOf } from '../support/keys.ts'

const ONE: SigningJwks = { keys: [jwkOf('HS256')] }
const TWO: SigningJwks = { keys: [...ONE.keys, jwkOf('ES256')] }

/** A watched key file. What the engine took is recorded, beside what was logged. */
async function watched() {
  const path = join(temporaryFolder(), 'keys.json')
  writeFileSync(path, JSON.stringify(ONE))
  const sessions = await slidingSession({ keys: ONE, database: ':memory:' })
  const used: string[][] = []
  const useKeys = (keys: SigningJwks) => {
    sessions.useKeys(keys)
    used.push(keys.keys.map(({ kid }) => kid))
  }
  const log: { level: string; msg: string }[] = []
  const logger = createLogger('info', { write: (line) => void log.push(JSON.parse(line)) })
  const stop = watchKeys({ path, keys: ONE, sessions: { useKeys }, logger })
  onTestFinished(async () => {
    stop()
    await sessions.close()
  })
  return { path, used, log, stop }
}

/** Puts a whole file in the place of the old one. */
function replace(path: string, content: string): void {
  writeFileSync(`${path}.draft`, content)
  renameSync(`${path}.draft`, path)
}

const soon = { timeout: 30_000, interval: 20 }
const hangUp = () => process.emit('SIGHUP')

describe('watchKeys', () => {
  it('takes a file that was replaced, by itself', async () => {
    const { path, used, log } = await watched()
    replace(path, JSON.stringify(TWO))
    await vi.waitFor(() => expect(used).toEqual([['HS256', 'ES256']]), soon)
    replace(path, JSON.stringify({ keys: TWO.keys.slice(1) }))
    await vi.waitFor(() => expect(used.at(-1)).toEqual(['ES256']), soon)
    expect(log.map(({ msg }) => msg)).toEqual([
      'the changed key file is in use',
      'the changed key file is in use',
    ])
    expect(JSON.stringify(log)).not.toContain('"k"')
  })

  it('takes a file that was written in place, at once on SIGHUP', async () => {
    const { path, used } = await watched()
    writeFileSync(path, JSON.stringify(TWO, null, 2))
    hangUp()
    await vi.waitFor(() => expect(used).toEqual([['HS256', 'ES256']]), soon)
  })

  it.each([
    ['no JSON', '{"keys": [', /JWT_KEYS: got ".+", a file that is no JSON, takes the path of a key file$/],
    ['no set', '[]', /JWT_KEYS: got a value of type object, takes a JWK Set/],
    ['no object', 'null', /JWT_KEYS: got nothing, takes a JWK Set/],
    ['no key', '{"keys": []}', /JWT_KEYS: got no key, takes a JWK Set/],
    [
      'a wrong key',
      JSON.stringify({ keys: [{ ...generateKey('ES256'), alg: 'HS256' }] }),
      /got another form at place 0/,
    ],
  ])(
    'keeps the keys before where the file has %s, and tells it once in one line',
    async (_, content, said) => {
      const { path, used, log } = await watched()
      replace(path, content)
      hangUp()
      await vi.waitFor(() => expect(log).toHaveLength(1), soon)
      hangUp()
      replace(path, JSON.stringify(TWO))
      await vi.waitFor(() => {
        hangUp()
        expect(log).toHaveLength(2)
      }, soon)
      expect(log[0]).toMatchObject({ level: 'error', msg: expect.stringMatching(said) })
      expect(log[0]?.msg).toMatch(/^the changed key file cannot be used, the keys before stay: [^\n]+$/)
      expect(used).toEqual([['HS256', 'ES256']])
    },
  )

  it('keeps the keys where the file is gone, and takes it when it is back', async () => {
    const { path, used, log } = await watched()
    rmSync(path)
    await vi.waitFor(() => expect(log[0]?.msg).toContain('a file that cannot be read (ENOENT)'), soon)
    replace(path, JSON.stringify(TWO))
    await vi.waitFor(() => expect(used).toEqual([['HS256', 'ES256']]), soon)
  })

  it('does nothing where only blanks have changed, or after it was stopped', async () => {
    const { path, used, log, stop } = await watched()
    replace(path, JSON.stringify(ONE, null, 2))
    await looks()
    stop()
    replace(path, JSON.stringify(TWO))
    await looks()
    expect({ used, log }).toEqual({ used: [], log: [] })
  })
})

/** Long enough for several looks at the file, each of which takes a millisecond. */
async function looks(): Promise<void> {
  for (let round = 0; round < 10; round += 1) {
    hangUp()
    await setTimeout(10)
  }
}
