import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { PASSWORD } from './server.ts'
import { claimsOf, inBrowser } from './stage.ts'

const MINUTE = 60_000
const FILES: Readonly<Record<string, string>> = {
  'index.html': 'text/html',
  'page.js': 'text/javascript',
  'sliding.js': 'text/javascript',
}

inBrowser('examples/browser', (stage) => {
  /** Serves the page from an origin of its own; the API's address is the one thing that is another here. */
  async function site(apiUrl: () => string): Promise<string> {
    const files = createServer((req, res) => {
      const name = req.url === '/' ? 'index.html' : (req.url ?? '').slice(1)
      const type = FILES[name]
      if (type === undefined) return void res.writeHead(404).end()
      const text = readFileSync(new URL(`../../examples/browser/${name}`, import.meta.url), 'utf8')
      res.setHeader('Content-Type', type).end(text.replace('http://127.0.0.1:3000', apiUrl()))
    })
    await once(files.listen(0, '127.0.0.1'), 'listening')
    stage.later(async () => void files.close())
    return `http://127.0.0.1:${(files.address() as AddressInfo).port}`
  }

  it('logs in, is renewed across an expiry and logs out', async () => {
    let api = ''
    const origin = await site(() => api)
    const server = await stage.server({ corsOrigins: [origin] })
    api = server.url
    await server.addUser('ada')
    const { page } = await stage.visit(origin)
    const answer = page.locator('#answer')
    const kept = async () => claimsOf(String(await page.evaluate("localStorage.getItem('jwt')"))).gen

    await page.getByLabel('User').fill('ada')
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Log in' }).click()
    await expect.poll(() => answer.textContent()).toMatch(/^200 .*"token":/)
    expect(await kept()).toBe(0)

    server.advance(16 * MINUTE)
    await page.getByRole('button', { name: 'Who am I?' }).click()
    await expect.poll(() => answer.textContent()).toMatch(/^200 .*"username":"ada"(?!.*"token":)/)
    expect(await kept()).toBe(1)

    await page.getByRole('button', { name: 'Log out' }).click()
    await expect.poll(() => answer.textContent()).toMatch(/^204/)
    expect(await page.evaluate("localStorage.getItem('jwt')")).toBeNull()
  })
})
