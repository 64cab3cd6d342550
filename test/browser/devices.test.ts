import { expect, it } from 'vitest'
import { BROWSERS } from '../support/user-agents.ts'
import { Device } from './device.ts'
import { PASSWORD } from './server.ts'
import { inBrowser, see, settled } from './stage.ts'

const FIREFOX = BROWSERS['Firefox on Windows'](145)
const IPHONE = BROWSERS['Safari on iPhone'](18)

inBrowser('your devices', (stage) => {
  it('shows two devices and marks this one; the one that is ended learns of it, in plain words', async () => {
    const server = await stage.server()
    await server.addUser('ada')
    const here = await stage.enter(server, 'ada')
    const there = await stage.enter(server, 'ada', '', { userAgent: FIREFOX })
    there.watch.tolerate(401)
    await here.page.reload()

    const rows = here.page.getByRole('row')
    await rows.filter({ hasText: 'Firefox 145' }).filter({ hasText: 'Windows' }).waitFor()
    expect(await rows.count()).toBe(1 + 2)
    const own = rows.filter({ hasText: 'This device' })
    expect(await own.innerText()).toMatch(/Chrome[\s\S]*Linux[\s\S]*127\.0\.0\.1[\s\S]*just now/)
    expect(await own.locator('time').first().getAttribute('title')).toMatch(/\d{4} at \d\d:\d\d:\d\d/)

    await here.page.getByRole('button', { name: 'End: Firefox 145 on Windows' }).click()
    await here.page.getByRole('dialog').getByRole('button', { name: 'End session' }).click()
    await see(here.page, 'Firefox 145 on Windows was signed out.')
    await see(here.page, '1 session that ended lately')
    expect(await rows.filter({ hasText: 'Firefox 145' }).isVisible()).toBe(false)

    await there.page.getByRole('link', { name: 'Your password' }).click()
    await there.page.getByRole('link', { name: 'Your devices' }).click()
    await see(there.page, 'This session was ended: from another device of yours')
    expect(await there.token()).toBe('')
  })

  it('ends all others, having said how many', async () => {
    const server = await stage.server()
    await server.addUser('ada')
    const others = [new Device(server.url, FIREFOX), new Device(server.url, IPHONE)]
    for (const other of others) await other.logIn('ada')
    const { page } = await stage.enter(server, 'ada')
    await page.getByRole('button', { name: 'End all others' }).click()
    await page.getByRole('heading', { name: 'End 2 other sessions?' }).waitFor()
    await page.getByRole('button', { name: 'End 2 sessions' }).click()
    await see(page, '2 other sessions ended.')
    await settled(page)
    expect(await page.getByRole('button', { name: 'End all others' }).isDisabled()).toBe(true)
    expect(await Promise.all(others.map((other) => other.send('me')))).toEqual([401, 401])
  })

  it('changes the password: a wrong one is refused, a right one signs the others out', async () => {
    const server = await stage.server()
    await server.addUser('ada')
    const other = new Device(server.url, FIREFOX)
    await other.logIn('ada')
    const { page, watch } = await stage.enter(server, 'ada', 'password')
    const change = async (current: string, next: string) => {
      await page.getByLabel('Current password', { exact: true }).fill(current)
      await page.getByLabel('New password', { exact: true }).fill(next)
      await page.getByRole('button', { name: 'Change password' }).click()
    }
    watch.tolerate(400, 401)
    await change('wrong horse battery', 'another horse battery')
    await see(page, 'The current password is wrong.')
    await change(PASSWORD, 'short')
    await see(page, 'The new password takes 8 to 1024 characters.')
    expect(await other.send('me')).toBe(200)
    await change(PASSWORD, 'another horse battery')
    await see(page, 'Your password was changed')
    expect(await page.getByLabel('New password', { exact: true }).inputValue()).toBe('')
    expect(await other.send('me')).toBe(401)
    expect(await other.logIn('ada', 'another horse battery')).toBe(200)
  })

  it('signs out here, and nothing is left', async () => {
    const server = await stage.server()
    await server.addUser('ada')
    const { page, token } = await stage.enter(server, 'ada')
    await page
      .getByRole('row', { name: 'This device' })
      .getByRole('button', { name: /^Sign out/ })
      .click()
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
    await see(page, 'You signed out.')
    expect(await token()).toBe('')
  })
})
