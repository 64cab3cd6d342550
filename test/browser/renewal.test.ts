import { expect, it } from 'vitest'
import { spawnServer } from '../support/server-process.ts'
import { Device } from './device.ts'
import { PASSWORD, type TestServer } from './server.ts'
import { claimsOf, inBrowser, see, settled } from './stage.ts'

const MINUTE = 60_000

/** Longer than a token lives for the server whose clock is real. */
const LIFETIME_AND_MORE_MS = 1_100

inBrowser('renewal', (stage) => {
  it('swaps the token while one clicks on, across expiries, and nobody notices', async () => {
    const server = await stage.server()
    await server.addUser('root', 'admin')
    const { page, token } = await stage.enter(server, 'root')
    const swapped: string[] = []
    page.on('response', (response) => {
      if (response.headers()['x-jwt'] !== undefined) swapped.push(new URL(response.url()).pathname)
    })
    const places = ['Users', 'Audit trail', 'Your devices', 'Overview']
    const generations: number[] = []
    for (const place of places) {
      server.advance(16 * MINUTE)
      await page.getByRole('link', { name: place }).click()
      await page.getByRole('heading', { name: place, level: 1 }).waitFor()
      await settled(page)
      generations.push(claimsOf(await token()).gen)
    }
    expect(generations).toEqual([1, 2, 3, 4])
    expect(swapped.length).toBe(places.length)
    expect(claimsOf(await token()).jti).toBe((await server.sessions.list(await idOf(server, 'root')))[0]?.jti)
  })

  it('of parallel requests is one, and all are answered', async () => {
    const server = await stage.server()
    await server.addUser('root', 'admin')
    const id = await server.addUser('ada')
    await new Device(server.url, 'curl/8.14.1').logIn('ada')
    const { page, token } = await stage.enter(server, 'root', 'users')
    server.advance(16 * MINUTE)
    const renewals: unknown[] = []
    server.sessions.on('session.renewed', (event) => {
      renewals.push(event)
    })
    await page.goto(`${server.url}/console/#/users/${id}`)
    await see(page, 'Latest events')
    await settled(page)
    expect((await page.getByRole('alert').allInnerTexts()).join('')).toBe('')
    expect(renewals.length).toBe(1)
    expect(claimsOf(await token()).gen).toBe(1)
  })

  it('goes on in two tabs with one token, across several expiries of a real server', async () => {
    const server = await spawnServer({
      DATABASE_URL: ':memory:',
      JWT_SECRET: 'a secret of the browser tests, of 32 bytes or more',
      TOKEN_TTL: '1s',
      ADMIN_USERNAME: 'root',
      ADMIN_PASSWORD: PASSWORD,
    })
    stage.later(() => server.stop())
    const { page, signIn, token } = await stage.visit(`${server.url}/console/#/users`)
    await signIn('root')
    await see(page, 'New user')
    const tab = await page.context().newPage()
    await tab.goto(`${server.url}/console/#/events`)
    await see(tab, 'root signed in')
    const generations: number[] = []
    for (const place of ['Your devices', 'Overview', 'Users']) {
      await page.waitForTimeout(LIFETIME_AND_MORE_MS)
      await Promise.all(
        [page, tab].map(async (one) => {
          await one.getByRole('link', { name: place }).click()
          await one.getByRole('heading', { name: place, level: 1 }).waitFor()
          await settled(one)
        }),
      )
      generations.push(claimsOf(await token()).gen)
    }
    expect(generations).toEqual([...generations].sort((one, other) => one - other))
    expect(new Set(generations).size).toBe(3)
    expect(await tab.evaluate(`localStorage.getItem('sliding-jwt-console')`)).toBe(await token())
  })
})

async function idOf({ users }: TestServer, name: string): Promise<string> {
  return (await users.findByName(name))?.id ?? ''
}
