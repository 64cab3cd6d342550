import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { BROWSERS } from '../support/user-agents.ts'
import { Device } from './device.ts'
import { PASSWORD } from './server.ts'
import { inBrowser, see, settled } from './stage.ts'

/** Presses Tab until what has the focus is called so. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab')
    const focused: string = await page.evaluate(
      `(document.activeElement.ariaLabel ?? document.activeElement.innerText ?? '').trim()`,
    )
    if (focused === name) return
  }
  throw new Error(`The keyboard does not lead to ${name}.`)
}

inBrowser('the keyboard alone', (stage) => {
  it('signs in, goes to a page, ends a device and signs out', async () => {
    const server = await stage.server()
    await server.addUser('root', 'admin')
    await new Device(server.url, BROWSERS['Firefox on Windows'](145)).logIn('root')
    const { page } = await stage.visit(`${server.url}/console/`)
    await page.getByLabel('User name').waitFor()
    await page.keyboard.type('root')
    await page.keyboard.press('Tab')
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await see(page, 'Refusals by code')
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1')

    await page.evaluate('document.activeElement.blur()')
    await tabTo(page, 'Your devices')
    await page.keyboard.press('Enter')
    await see(page, 'This device')
    expect(await page.evaluate('document.activeElement.innerText')).toBe('Your devices')

    await tabTo(page, 'End: Firefox 145 on Windows')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    // Closed it is no longer a dialog to anybody, but still there for a moment.
    await page.locator('dialog').waitFor({ state: 'detached' })
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('End: Firefox 145 on Windows')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await tabTo(page, 'End session')
    await page.keyboard.press('Enter')
    await see(page, 'was signed out')

    await page.evaluate('document.activeElement.blur()')
    await tabTo(page, 'Sign out')
    await page.keyboard.press('Enter')
    await see(page, 'You signed out.')
  })

  it('skips to the page, and opens an event', async () => {
    const server = await stage.server()
    await server.addUser('root', 'admin')
    const { page } = await stage.enter(server, 'root', 'events')
    await page.evaluate('document.activeElement.blur()')
    await tabTo(page, 'Skip to the page')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('main')
    await settled(page)
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await see(page, 'login.succeeded')
  })
})
