import { expect, it } from 'vitest'
import { inBrowser, see, settled } from './stage.ts'

/** Sums up what moved by itself: 0 is nothing (web.dev/cls; below 0.1 is called good). */
const OBSERVE_SHIFTS = `
window.shifts = 0
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value
}).observe({ type: 'layout-shift', buffered: true })`

inBrowser('a page of the console', (stage) => {
  it.each(['overview', 'devices', 'users', 'events'])('%s does not jump while it loads', async (place) => {
    const server = await stage.server()
    await server.addUser('root', 'admin')
    for (let index = 0; index < 12; index += 1) await server.addUser(`user-${index}`)
    const { page } = await stage.enter(server, 'root', place)
    await page.addInitScript(OBSERVE_SHIFTS)
    await page.route(/\/(admin|me)\b/, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 150))
      await route.continue()
    })
    await page.reload()
    await page.locator('h1[tabindex]').waitFor()
    await settled(page)
    await page.waitForTimeout(100)
    expect(await page.evaluate('window.shifts')).toBeLessThan(0.05)
  })

  it('is never loaded as a whole again', async () => {
    const server = await stage.server()
    await server.addUser('root', 'admin')
    const { page } = await stage.enter(server, 'root')
    await page.evaluate('window.isTheSame = true')
    for (const place of ['Users', 'Audit trail', 'Your devices', 'Your password', 'Overview']) {
      await page.getByRole('link', { name: place }).click()
      await page.getByRole('heading', { name: place, level: 1 }).waitFor()
    }
    await page.goBack()
    await page.getByRole('heading', { name: 'Your password' }).waitFor()
    expect(await page.evaluate('window.isTheSame')).toBe(true)
  })

  it('says that the server was not reached, and loads when it is there again', async () => {
    const server = await stage.server()
    await server.addUser('root', 'admin')
    const { page, watch } = await stage.enter(server, 'root', 'users')
    await page.route('**/admin/events*', (route) => route.abort())
    await page.getByRole('link', { name: 'Audit trail' }).click()
    await see(page, 'The server was not reached.')
    await page.unroute('**/admin/events*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await see(page, 'root signed in')
    expect(await page.getByText('The server was not reached.').count()).toBe(0)
    expect(watch.complaints).toEqual([])
  })

  it('survives names that look like markup', async () => {
    const server = await stage.server()
    await server.addUser('root', 'admin')
    const name = '<img src=x onerror=alert(1)>'
    await server.addUser(name)
    const { page } = await stage.enter(server, 'root', 'users')
    await page.getByRole('link', { name }).click()
    await page.getByRole('heading', { name, level: 1 }).waitFor()
    await see(page, `${name} was created`)
    expect(await page.locator('img').count()).toBe(0)
  })

  it.each([
    [
      'an inline script',
      `try { document.createElement('script').text = '1' } catch {}`,
      /CSP: require-trusted-types-for/,
    ],
    ['an inline style', `document.body.setAttribute('style', 'color: red')`, /CSP: style-src/],
    ['a foreign origin', `fetch('http://localhost:9/').catch(() => undefined)`, /CSP: connect-src/],
    [
      'text that becomes markup',
      `try { document.body.innerHTML = '<p>' } catch {}`,
      /CSP: require-trusted-types-for/,
    ],
    ['an error on the console', `console.error('oh')`, /^oh$/],
    ['an uncaught error', `setTimeout(() => { throw new Error('oh') })`, /^uncaught: oh$/],
    ['a refusal', `fetch('../me').then(() => undefined)`, /^401 GET \/me$/],
  ])('with %s fails its test', async (_what, script, complaint) => {
    const server = await stage.server()
    const { page, watch } = await stage.visit(`${server.url}/console/`)
    await page.getByLabel('User name').waitFor()
    await page.evaluate(script)
    await expect.poll(() => watch.complaints.some((line) => complaint.test(line))).toBe(true)
    watch.forgive()
  })
})
