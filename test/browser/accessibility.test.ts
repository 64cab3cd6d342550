import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { BROWSERS } from '../support/user-agents.ts'
import { Device } from './device.ts'
import { inBrowser, see, settled } from './stage.ts'

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe-core finds wrong on the page as it is now: the rule, and where. */
async function findings(page: Page): Promise<string[]> {
  await settled(page)
  await page.evaluate(axe)
  const results: AxeResults = await page.evaluate(`axe.run({ runOnly: ${JSON.stringify(RULES)} })`)
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`),
  )
}

const LOOKS: readonly [string, BrowserContextOptions][] = [
  ['light and wide', { colorScheme: 'light', viewport: { width: 1280, height: 800 } }],
  ['dark and wide', { colorScheme: 'dark', viewport: { width: 1280, height: 800 } }],
  ['light, on a phone', { colorScheme: 'light', viewport: { width: 360, height: 740 }, hasTouch: true }],
]

inBrowser('accessibility', (stage) => {
  it.each(LOOKS)('of every page, %s', async (_look, options) => {
    const server = await stage.server()
    await server.addUser('root', 'admin')
    const id = await server.addUser('ada')
    const device = new Device(server.url, BROWSERS['Firefox on Windows'](145))
    await device.logIn('ada')
    await device.logIn('ada', 'wrong horse battery')
    await device.logIn('ada')
    await device.send('logout', { method: 'POST' })
    await device.logIn('ada')
    const { page, watch, signIn } = await stage.visit(`${server.url}/console/`, options)
    watch.tolerate(401)
    const seen: Record<string, string[]> = {}
    const look = async (name: string) => {
      seen[name] = await findings(page)
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      if (overflow !== 0) seen[name]?.push(`wider than the screen by ${overflow}`)
    }
    const open = async (place: string, text: string) => {
      await page.goto(`${server.url}/console/#/${place}`)
      await see(page, text)
    }

    await look('sign in')
    await signIn('root', 'wrong horse battery')
    await see(page, 'User name and password')
    await look('sign in, refused')
    await signIn('root')
    await see(page, 'Refusals by code')
    await look('overview')
    await open('devices', 'This device')
    await look('devices')
    await open('password', 'Change password')
    await look('password')
    await open('users', 'ada')
    await look('users')
    await page.getByRole('button', { name: 'New user' }).click()
    await look('new user')
    await page.keyboard.press('Escape')
    await open('users?search=zzz', 'No user has')
    await look('no users')
    await open(`users/${id}`, 'Latest events')
    await settled(page)
    await page.locator('summary', { hasText: 'ended lately' }).click()
    await look('user')
    await page.getByRole('button', { name: 'Sign out everywhere' }).click()
    await look('sign out everywhere')
    await page.keyboard.press('Escape')
    await open('events', 'root signed in')
    await page.locator('.event summary').first().click()
    await look('trail')
    await open(`events?user=${id}`, 'ada signed in')
    await look('trail of one')
    await open('nowhere', 'There is no such page')
    await look('nothing')
    expect(Object.fromEntries(Object.entries(seen).filter(([, found]) => found.length > 0))).toEqual({})
    expect(Object.keys(seen).length).toBe(13)
  })

  it('of a page with faults is found wanting', async () => {
    const server = await stage.server()
    const { page } = await stage.visit(`${server.url}/console/`)
    await page.evaluate(`document.querySelector('label').remove()`)
    expect((await findings(page)).join()).toMatch(/^label at/)
  })
})
