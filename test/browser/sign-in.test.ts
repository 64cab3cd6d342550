import { expect, it } from 'vitest'
import { inBrowser, see, settled } from './stage.ts'

inBrowser('signing in', (stage) => {
  it('says what was wrong, then leads to the page that was asked for', async () => {
    const server = await stage.server()
    await server.addUser('root', 'admin')
    const { page, signIn, watch } = await stage.visit(`${server.url}/console/#/users?search=roo`)
    watch.tolerate(401, 429)
    await signIn('root', 'wrong horse battery')
    await see(page, 'User name and password do not belong together.')
    await signIn('root')
    await page.getByRole('heading', { name: 'Users', level: 1 }).waitFor()
    expect(await page.getByRole('searchbox').inputValue()).toBe('roo')
    expect(await page.title()).toBe('Users · sliding-jwt')
  })

  it('says how long to wait after too many attempts', async () => {
    const server = await stage.server()
    await server.addUser('ada')
    const { page, signIn, watch } = await stage.visit(`${server.url}/console/`)
    watch.tolerate(401, 429)
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const answer = page.waitForResponse(/login/)
      await signIn('ada', `guess number ${attempt}`)
      await answer
      await settled(page)
    }
    await signIn('ada')
    await see(page, /Too many failed attempts\. Try again in 1\d minutes\./)
  })

  it('lasts over a reload and in a new tab, and ends in all tabs at once', async () => {
    const server = await stage.server()
    await server.addUser('ada')
    const { page } = await stage.enter(server, 'ada')
    await page.reload()
    await page.getByRole('heading', { name: 'Your devices' }).waitFor()
    const tab = await page.context().newPage()
    await tab.goto(`${server.url}/console/#/password`)
    await tab.getByRole('heading', { name: 'Your password' }).waitFor()
    await tab.getByRole('button', { name: 'Sign out' }).click()
    await see(page, 'You signed out in another tab.')
  })

  it('in one tab is followed by the others, as somebody else, too', async () => {
    const server = await stage.server()
    await server.addUser('ada')
    await server.addUser('root', 'admin')
    const { page, signIn } = await stage.visit(`${server.url}/console/`)
    const tab = await page.context().newPage()
    await tab.goto(`${server.url}/console/`)
    await tab.getByRole('heading', { name: 'Sign in' }).waitFor()
    await signIn('ada')
    await see(tab, 'ada')
    await tab.getByRole('heading', { name: 'Your devices' }).waitFor()
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await see(tab, 'You signed out in another tab.')
    await signIn('root')
    await tab.getByRole('link', { name: 'Audit trail' }).waitFor()
  })

  it.each([
    ['session_idle', 'This session was not used for too long.', 8 * 86_400_000],
    ['session_expired', 'Your last sign-in is too long ago.', 31 * 86_400_000],
  ])('%s leads back here, with the reason', async (_code, words, later) => {
    const server = await stage.server()
    await server.addUser('ada')
    const { page, watch } = await stage.enter(server, 'ada', 'password')
    watch.tolerate(401)
    server.advance(later)
    await page.getByRole('link', { name: 'Your devices' }).click()
    await see(page, words)
  })
})
