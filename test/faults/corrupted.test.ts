import { closeSync, copyFileSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../../src/index.ts'
import { type TestApp, testApp } from '../support/app.ts'
import type { Clock } from '../support/clock.ts'
import { temporaryDatabase } from '../support/files.ts'
import { MINUTE } from '../support/records.ts'

/** Tokens of sessions in one file, named for what they are. */
interface Tokens {
  readonly expired: string
  readonly fresh: string
  readonly revoked: string
  readonly revokedFresh: string
  /** The signature is right, the session is not in the file. */
  readonly strangers: string
}

interface Prepared {
  readonly app: TestApp
  readonly path: string
  readonly clock: Clock
  readonly tokens: Tokens
}

/** An app whose file holds sessions of every kind, all of it in the file itself and nothing in the WAL. */
async function prepared(): Promise<Prepared> {
  const path = temporaryDatabase()
  const app = await testApp({ path })
  const { clock, login, sqlite } = app
  const crowd = (n: number) => login('ada', { 'User-Agent': `agent ${n} ${'x'.repeat(300)}` })
  for (let n = 0; n < 40; n += 1) await crowd(n)
  const [expired, revoked] = [await login('bob'), await login('root')]
  clock.advance(16 * MINUTE)
  await app.sessions.revokeAll('root')
  const [fresh, revokedFresh] = [await login('bob'), await login('root')]
  await app.sessions.revokeAll('root')
  for (let n = 40; n < 80; n += 1) await crowd(n)
  const strangers = await (await testApp({ clock })).login('bob')
  sqlite.pragma('wal_checkpoint(TRUNCATE)')
  return { app, path, clock, tokens: { expired, fresh, revoked, revokedFresh, strangers } }
}

const PAGE = 4_096

/** What may lie where a page was. */
const GARBAGE: readonly (readonly [string, (page: number) => Buffer])[] = [
  ['zeros', () => Buffer.alloc(PAGE)],
  ['ones', () => Buffer.alloc(PAGE, 0xff)],
  [
    'noise',
    (page) => Buffer.from(Array.from({ length: PAGE }, (_, at) => (page * 31 + at * 167 + (at >> 5)) & 0xff)),
  ],
]

/** What the tokens of `app` get; a start that is refused lets nobody in. */
async function answers(path: string, clock: Clock, tokens: Tokens): Promise<Record<keyof Tokens, string>> {
  const { get } = await testApp({ path, clock })
  return answersOf(get, tokens)
}

async function answersOf(get: TestApp['get'], tokens: Tokens): Promise<Record<keyof Tokens, string>> {
  const answers: [string, string][] = []
  for (const [name, token] of Object.entries(tokens)) {
    const { status, body } = await get('/whoami', token)
    answers.push([name, status === 200 ? '200' : `${status} ${body.code}`])
  }
  return Object.fromEntries(answers) as Record<keyof Tokens, string>
}

const WHOLE = {
  expired: '200',
  fresh: '200',
  revoked: '401 session_revoked',
  revokedFresh: '401 session_revoked',
  strangers: '401 session_unknown',
}

/** Nobody is let in who was not before; whoever was may find the database failing or his record gone. */
function expectNoPass(outcome: Record<keyof Tokens, string>): void {
  for (const name of ['revoked', 'revokedFresh', 'strangers'] as const)
    expect(outcome[name]).toMatch(/^(503 unavailable|401 session_(revoked|unknown))$/)
  for (const name of ['expired', 'fresh'] as const)
    expect(outcome[name]).toMatch(/^(200|503 unavailable|401 session_unknown)$/)
}

describe('a file of which one page is broken, each page in turn', () => {
  it.each(GARBAGE)(
    'and holds %s: it refuses the start, or lets nobody in who was out',
    async (_name, garbage) => {
      const { path, clock, tokens } = await prepared()
      const pages = readFileSync(path).length / PAGE
      expect(await answers(copyOf(path), clock, tokens)).toEqual(WHOLE)
      let [refused, unavailable] = [0, 0]
      for (let page = 0; page < pages; page += 1) {
        const copy = copyOf(path)
        overwrite(copy, page * PAGE, garbage(page))
        try {
          const outcome = await answers(copy, clock, tokens)
          expectNoPass(outcome)
          if (Object.values(outcome).includes('503 unavailable')) unavailable += 1
        } catch (error) {
          if (!(error instanceof ConfigurationError || error instanceof Database.SqliteError)) throw error
          refused += 1
        }
      }
      expect([refused, unavailable].every((count) => count > 0)).toBe(true)
    },
  )
})

describe('a file that breaks under a running app', () => {
  it('answers 503 where the file must be read, and as before when it is whole again', async () => {
    const { app, path, tokens } = await prepared()
    const whole = readFileSync(path)
    overwrite(path, PAGE, Buffer.alloc(whole.length - PAGE, 0xa5))
    app.sqlite.pragma('shrink_memory')
    const broken = await answersOf(app.get, tokens)
    expectNoPass(broken)
    expect(broken).toMatchObject({
      expired: '503 unavailable',
      revoked: '503 unavailable',
      strangers: '503 unavailable',
    })
    overwrite(path, 0, whole)
    app.sqlite.pragma('shrink_memory')
    expect(await answersOf(app.get, tokens)).toEqual(WHOLE)
  })
})

let copies = 0

function copyOf(path: string): string {
  copies += 1
  const copy = `${path}.${copies}`
  copyFileSync(path, copy)
  return copy
}

/** Writes into a file in place, beside whoever has it open. */
function overwrite(path: string, from: number, bytes: Buffer): void {
  const file = openSync(path, 'r+')
  writeSync(file, bytes, 0, bytes.length, from)
  fsyncSync(file)
  closeSync(file)
}
