import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { startNginx } from '../../examples/nginx/nginx.ts'
import { forwardAuth } from './forward-auth.ts'
import { isInstalled } from './run.ts'

const isPossible = isInstalled('python3') && isInstalled('nginx')

describe.skipIf(!isPossible)('examples/nginx: forward auth', () => {
  forwardAuth(startNginx, [503, 'unavailable'])
})

describe.skipIf(!isPossible)('node examples/nginx/main.ts', () => {
  let child: ChildProcess
  afterEach(() => child.kill('SIGKILL'))

  it('starts all three with one command, and ends them when it is interrupted', async () => {
    const command = fileURLToPath(new URL('../../examples/nginx/main.ts', import.meta.url))
    child = spawn(process.execPath, [command, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
    if (child.stdout === null) throw new Error('there is no output')
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    const [, url = '', password] =
      /(http:\S+): the user is admin, the password (.*)$/.exec(String(line)) ?? []
    const login = await fetch(`${url}/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password }),
    })
    const headers = { Authorization: `Bearer ${login.headers.get('X-JWT')}` }
    const pages = ['/', '/admins-only', '/missing'].map((path) => fetch(`${url}${path}`, { headers }))
    expect((await Promise.all(pages)).map(({ status }) => status)).toEqual([200, 200, 404])

    const exit = once(child, 'exit')
    child.kill('SIGINT')
    expect(await exit).toEqual([0, null])
    await expect(fetch(url)).rejects.toThrow()
  })
})
