import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'
import { blocksOf } from './blocks.ts'
import { makeFolder, PRELUDE, writeWhole } from './programs.ts'

const [before, after, move] = blocksOf('docs/moving-from-express-session.md').map(({ code }) => code)

/** An app of a block. Each has a store of its own, as in a process of its own, on what both call their database. */
function appOf(code: string): string {
  const sessionToo = code.includes('import session ') ? '' : "import session from 'express-session'\n"
  return `import express from 'express'
import { checkPassword, ordersOf, secret, store as database, users } from '${PRELUDE}'
${sessionToo}const store = Object.assign(new session.MemoryStore(), { sessions: database.sessions })
export const app = express().use(express.json())
${code}`
}

it('docs/moving-from-express-session.md: who has a cookie of before gets a token by it, once', async () => {
  const folder = makeFolder()
  const opened = 'app.use(sessions.authenticate())'
  expect(after).toContain(opened)
  writeWhole(folder, 'before.mjs', appOf(before ?? ''))
  writeWhole(folder, 'after.ts', appOf(after?.replace(opened, `${move}${opened}`) ?? ''))
  const main = writeWhole(
    folder,
    'main.mjs',
    `const apps = [await import('./before.mjs'), await import('./after.ts')]
for (const { app } of apps) {
  const server = app.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port))
}`,
  )
  const child = spawn(process.execPath, ['--no-warnings', main], {
    cwd: folder,
    env: { PATH: process.env['PATH'], JWT_SECRET: 'a secret of the reader, 32 bytes or more' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  onTestFinished(async () => {
    child.kill()
    await ended
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const [old, own] = [(await lines.next()).value, (await lines.next()).value]

  const login = await fetch(`${old}/login`, { method: 'POST' })
  const cookie = login.headers.getSetCookie()[0] ?? ''
  expect(cookie).toMatch(/^connect\.sid=.*SameSite=Lax/)
  const headers = { Cookie: cookie.split(';')[0] ?? '' }
  expect(await answerOf(`${old}/orders`, { headers })).toEqual([200, ['tea for ada']])

  expect((await fetch(`${own}/orders`, { headers })).status).toBe(401)
  expect((await fetch(`${own}/move`, { method: 'POST' })).status).toBe(401)
  const moved = await fetch(`${own}/move`, { method: 'POST', headers })
  expect(moved.status).toBe(204)
  const token = { Authorization: `Bearer ${moved.headers.get('X-JWT')}` }
  expect(await answerOf(`${own}/orders`, { headers: token })).toEqual([200, ['tea for ada']])

  const again = await fetch(`${own}/move`, { method: 'POST', headers })
  expect([again.status, again.headers.get('X-JWT')]).toEqual([401, null])
  expect((await fetch(`${old}/orders`, { headers })).status).toBe(401)
})

async function answerOf(url: string, init: RequestInit): Promise<[number, unknown]> {
  const answer = await fetch(url, init)
  return [answer.status, await answer.json()]
}
