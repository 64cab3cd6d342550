import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { decode } from '../support/forge.ts'
import { isInstalled, run } from './run.ts'
import { LIFETIME_AND_MORE_MS } from './stand-alone.ts'

const COMMAND = fileURLToPath(new URL('../../examples/several-machines/main.ts', import.meta.url))
const EMBEDDED = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']
const isPossible =
  EMBEDDED.includes(`${process.platform}-${process.arch}`) &&
  ['python3', 'nginx', 'bash', 'curl'].every(isInstalled)

describe.skipIf(!isPossible)('node examples/several-machines/main.ts', () => {
  let child: ChildProcess
  let said = ''
  let servers: string[] = []
  let front = ''
  beforeAll(async () => {
    child = spawn(process.execPath, [COMMAND, '--port', '0', '--token-ttl', '1s'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    await vi.waitFor(() => expect(said).toContain('The others go on'), { timeout: 30_000 })
    servers = addressesAfter(/^(?:one|two|three) +/)
    front = addressesAfter(/^nginx +/)[0] ?? ''
  })
  afterAll(() => child.kill('SIGKILL'))

  const addressesAfter = (name: RegExp): string[] =>
    said
      .split('\n')
      .filter((line) => name.test(line))
      .map((line) => /http:\/\/[\w.:]+/.exec(line)?.[0] ?? '')

  async function logIn(url: string): Promise<string> {
    const answer = await fetch(`${url}/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password: 'correct horse battery' }),
    })
    expect(answer.status).toBe(200)
    return answer.headers.get('X-JWT') ?? ''
  }

  async function ask(url: string, token: string, method = 'GET') {
    const answer = await fetch(url, { method, headers: { Authorization: `Bearer ${token}` } })
    const body = await answer.json().catch(() => ({}))
    return { status: answer.status, renewed: answer.headers.get('X-JWT') ?? '', body }
  }

  it('runs three servers, and nginx in front of them', () => {
    expect(new Set(servers).size).toBe(3)
    expect(front).not.toBe('')
  })

  it('renews a token across its expiry, whichever server is asked, and once', async () => {
    let token = await logIn(`${front}/auth`)
    for (const gen of [1, 2]) {
      await wait(LIFETIME_AND_MORE_MS)
      const answers = await Promise.all(Array.from({ length: 9 }, () => ask(front, token)))
      expect(answers.map(({ status }) => status)).toEqual(Array(9).fill(200))
      const renewed = answers.flatMap((answer) => answer.renewed || [])
      expect(renewed.map((one) => decode(one)['gen'])).toEqual([gen])
      token = renewed[0] ?? ''
    }
    for (const server of servers) expect((await ask(`${server}/me`, token)).status).toBe(200)
  })

  it('refuses at one server what was revoked at another', async () => {
    const [one = '', two = '', three = ''] = servers
    const token = await logIn(one)
    for (const server of servers) expect((await ask(`${server}/me`, token)).status).toBe(200)
    expect((await ask(`${two}/logout`, token, 'POST')).status).toBe(204)
    await vi.waitFor(
      async () => expect((await ask(`${three}/me`, token)).body).toMatchObject({ code: 'session_revoked' }),
      { timeout: 20_000 },
    )
    expect((await ask(front, token)).body).toMatchObject({ code: 'session_revoked' })
  })

  it('tells what to try, which works as it is told; in the end, two is lost, and the others go on', async () => {
    const commands = [...said.matchAll(/^ {3}(\S.*)$/gm)].map(([, command]) => `${command}; echo`)
    const printed = await run('several-machines', 'bash', ['-c', commands.join('\n')], {})
    const answers = printed.split('\n').filter((line) => line !== '')
    expect([commands.length, ...answers.map((answer) => JSON.parse(answer))]).toMatchObject([
      7,
      { user: { username: 'admin' }, session: { current: true } },
      { you: { 'X-Role': 'admin' } },
      { code: 'session_revoked' },
      { you: { 'X-Role': 'admin' } },
    ])
    await vi.waitFor(() => expect(said).toContain('two has ended; the others go on'), { timeout: 20_000 })
    const token = await logIn(servers[0] ?? '')
    await wait(LIFETIME_AND_MORE_MS)
    const later = await Promise.all(Array.from({ length: 12 }, () => ask(front, token)))
    expect(later.map(({ status }) => status)).toEqual(Array(12).fill(200))
    expect(later.filter(({ renewed }) => renewed !== '').length).toBe(1)
  })

  it('ends all that it started when it is interrupted', async () => {
    const exit = once(child, 'exit')
    child.kill('SIGINT')
    expect(await exit).toEqual([0, null])
    await Promise.all([front, ...servers].map((url) => expect(fetch(url)).rejects.toThrow()))
  })
})
