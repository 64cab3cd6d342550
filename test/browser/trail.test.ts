import { expect, it } from 'vitest'
import { BROWSERS } from '../support/user-agents.ts'
import { Device } from './device.ts'
import { inBrowser, see, settled } from './stage.ts'

const MINUTE = 60_000
const FIREFOX = BROWSERS['Firefox on Windows'](145)

inBrowser('the audit trail', (stage) => {
  it('shows a theft: what was used, whose it was, and that its session ended', async () => {
    const server = await stage.server()
    await server.addUser('root', 'admin')
    await server.addUser('ada')
    const owner = new Device(server.url, FIREFOX)
    const thief = new Device(server.url, FIREFOX)
    await owner.logIn('ada')
    thief.token = owner.token
    server.advance(16 * MINUTE)
    expect(await owner.send('me')).toBe(200)
    expect(await owner.send('me')).toBe(200)
    server.advance(2 * MINUTE)
    expect(await thief.send('me')).toBe(401)

    const { page } = await stage.enter(server, 'root', 'events')
    const theft = page.locator('details', { hasText: 'A stolen token of ada was caught' })
    await see(page, 'The session of the stolen token of ada was ended')
    expect(await theft.locator('dl').isVisible()).toBe(false)
    await theft.locator('summary').click()
    expect(await theft.locator('dl').innerText()).toMatch(
      /session\.reused[\s\S]*ada[\s\S]*127\.0\.0\.1[\s\S]*gen\s+0[\s\S]*Firefox\/145/,
    )
    expect(await owner.send('me')).toBe(401)

    await page.getByRole('link', { name: 'Overview' }).click()
    await see(page, 'A stolen token of ada was caught')
    await see(page, 'token_reused')
  })

  it('is filtered by kind and user, which the address keeps', async () => {
    const server = await stage.server()
    await server.addUser('root', 'admin')
    for (const name of ['ada', 'bob']) {
      await server.addUser(name)
      await new Device(server.url, FIREFOX).logIn(name)
    }
    const { page } = await stage.enter(server, 'root', 'events')
    const events = page.locator('.event')
    await see(page, 'bob signed in')
    expect(await events.count()).toBe(3 + 3)
    await page.getByLabel('Kind').selectOption('Sign-ins')
    await expect.poll(() => events.count()).toBe(3)
    await page.getByLabel('User', { exact: true }).pressSequentially('ada', { delay: 50 })
    await expect.poll(() => events.count()).toBe(1)
    await see(page, 'ada signed in')
    await page.reload()
    await see(page, 'ada signed in')
    await settled(page)
    expect(await events.count()).toBe(1)
    await page.getByRole('button', { name: 'ada: show the events of all users' }).click()
    await expect.poll(() => events.count()).toBe(3)
    await page.getByLabel('Kind').selectOption('Thefts caught')
    await see(page, 'No such events')
  })

  it('goes back page by page', async () => {
    const server = await stage.server()
    await server.addUser('root', 'admin')
    for (let index = 0; index < 30; index += 1) {
      server.audit.record({
        type: 'login.failed',
        detail: { username: `guess ${index}`, route: 'POST /login' },
      })
    }
    const { page } = await stage.enter(server, 'root', 'events?type=login.failed')
    await see(page, 'A sign-in as “guess 29” failed')
    await page.getByRole('button', { name: 'Older' }).click()
    await see(page, 'A sign-in as “guess 0” failed')
    expect(await page.locator('.event').count()).toBe(5)
    await page.getByRole('button', { name: 'Newer' }).click()
    await see(page, 'A sign-in as “guess 29” failed')
  })
})

inBrowser('the overview', (stage) => {
  it('moves by itself', async () => {
    const server = await stage.server()
    await server.addUser('root', 'admin')
    await server.addUser('ada')
    const { page } = await stage.enter(server, 'root')
    const tile = (name: string) => page.locator('.tile', { hasText: name }).locator('.figure')
    await page.clock.install()
    await page.reload()
    await see(page, 'No theft was caught')
    expect(await tile('Active sessions').innerText()).toBe('1')
    const device = new Device(server.url, FIREFOX)
    await device.logIn('ada')
    await server.sessions.revokeAll((await server.users.findByName('ada'))?.id ?? '')
    expect(await device.send('me')).toBe(401)
    await page.clock.fastForward(5_000)
    await expect.poll(() => tile('Refusals').innerText()).toBe('1')
    await see(page, 'session_revoked')
    const chart = page.getByRole('img', { name: /^Refusals, each minute/ })
    expect(await chart.getAttribute('aria-label')).toMatch(/: [01] now, 1 at most$/)
  })
})
