import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blocksOf } from '../docs/blocks.ts'
import { isInstalled, run } from './run.ts'
import { standAlone } from './stand-alone.ts'

const isPossible = isInstalled('bash') && isInstalled('curl')

describe.skipIf(!isPossible)('examples/curl', () => {
  const server = standAlone()
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sliding-jwt-curl-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function bash(script: string): Promise<string> {
    const { url: SERVER, username: NAME, password: PASSWORD } = server
    const env = { SERVER, NAME, PASSWORD, JWT_FILE: join(folder, 'header') }
    return run('curl', 'bash', ['-euc', `source ./sliding.sh; ${script}`], env)
  }

  const status = `--output /dev/null --write-out '%{http_code}\\n'`
  const login = `printf '{"username":"%s","password":"%s"}' "$NAME" "$PASSWORD" | jwt_curl ${status} --json @- "$SERVER/login"`
  const me = `jwt_curl ${status} "$SERVER/me"`
  const generation = `cut -d. -f2 <"$JWT_FILE" | tr '_-' '/+' | sed 's/$/==/' | base64 -d 2>/dev/null | grep -o '"gen":[0-9]*'`

  it('works across expiries, and logs out', async () => {
    const story = [
      `jwt_curl "$SERVER/me"; echo`,
      login,
      ...[1, 2].flatMap(() => ['sleep 1.1', me, me, generation]),
      `cp "$JWT_FILE" "$JWT_FILE.old"`,
      `jwt_curl ${status} --request POST "$SERVER/logout"`,
      `jwt_curl "$SERVER/me"; echo`,
      'jwt_forget',
      '[ ! -e "$JWT_FILE" ]',
    ]
    const lines = (await bash(story.join('\n'))).trim().split('\n')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ code: 'token_missing' })
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ code: 'session_revoked' })
    expect(lines.slice(1, -1)).toEqual(['200', '200', '200', '"gen":1', '200', '200', '"gen":2', '204'])
  })

  it.skipIf(!isInstalled('jq'))('goes as its README shows', async () => {
    const [block] = blocksOf('examples/curl/README.md')
    expect(block?.language).toBe('bash')
    const story = (block?.code ?? '')
      .replace('source examples/curl/sliding.sh\nSERVER=http://127.0.0.1:3000\n', '')
      // Typed by nobody here; curl tells what came of each request.
      .replace(/^(read .*)$/m, `{ $1; } < <(printf '%s\\n' "$NAME" "$PASSWORD")`)
      .replaceAll(/\bjwt_curl(?! \S+\(\))/g, `jwt_curl --fail --write-out ' %{http_code}\\n'`)
    const [blank, login = '', me = '', logout] = (await bash(story)).trimEnd().split('\n')
    expect([blank, logout]).toEqual(['', ' 204'])
    for (const line of [login, me]) {
      expect(line).toMatch(/ 200$/)
      expect(JSON.parse(line.replace(/ 200$/, ''))).toMatchObject({ user: { username: server.username } })
    }
  })

  it('answers requests in parallel, and goes on with the one new token', async () => {
    const story = [login, 'sleep 1.1', `for i in 1 2 3 4 5; do ${me} & done; wait`, 'sleep 1.1', me]
    expect((await bash(story.join('\n'))).trim().split('\n')).toEqual(Array(7).fill('200'))
  })

  it('keeps the token in a file of one’s own, and hands on the exit status of curl', async () => {
    await bash(login)
    expect(statSync(join(folder, 'header')).mode & 0o777).toBe(0o600)
    expect(await bash('jwt_curl http://127.0.0.1:1/ 2>/dev/null || echo "status $?"')).toBe('status 7\n')
  })
})
