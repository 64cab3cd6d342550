import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject } from 'vitest'
import { PASSWORD, startServer, type TestServer, type TestServerOptions } from './server.ts'
import { type Watch, watch } from './watch.ts'

/** A page in a browser of its own: its own storage, its own user agent. */
export interface Visitor {
  readonly page: Page
  readonly watch: Watch
  /** Signs in by the form of the page that is open. */
  signIn(username: string, password?: string): Promise<void>
  /** The token that the console keeps. */
  token(): Promise<string>
}

/** What the browser tests of a file play on. */
export interface Stage {
  server(options?: TestServerOptions): Promise<TestServer>
  /** Opens a page of the console, or any other. */
  visit(url: string, options?: BrowserContextOptions): Promise<Visitor>
  /** The console's page for a user who signs in there. */
  enter(
    server: TestServer,
    username: string,
    path?: string,
    options?: BrowserContextOptions,
  ): Promise<Visitor>
  /** To be done when the test is over. */
  later(act: () => Promise<unknown>): void
}

/** As long as anything takes on a busy machine. */
const PATIENCE_MS = 15_000

/** Tests in a real browser. A complaint of any page fails them, whatever else they look at. */
export function inBrowser(name: string, tests: (stage: Stage) => void): void {
  const endpoint = inject('chromium')
  describe.skipIf(endpoint === undefined)(`${name}, in Chromium`, () => {
    let browser: Browser
    let doneLater: (() => Promise<unknown>)[] = []
    let watches: Watch[] = []

    beforeAll(async () => {
      browser = await chromium.connect(endpoint ?? '')
    })
    afterAll(() => browser?.close())

    afterEach(async () => {
      const complaints = watches.flatMap((watch) => watch.complaints)
      const acts = doneLater.reverse()
      doneLater = []
      watches = []
      for (const act of acts) await act()
      expect(complaints, 'what the pages complained about').toEqual([])
    })

    const stage: Stage = {
      later: (act) => void doneLater.push(act),

      async server(options) {
        const server = await startServer(options)
        stage.later(() => server.stop())
        return server
      },

      async visit(url, options) {
        const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
        stage.later(() => context.close())
        context.setDefaultTimeout(PATIENCE_MS)
        const watching = await watch(context)
        watches.push(watching)
        const page = await context.newPage()
        await page.goto(url)
        return visitorOf(page, watching)
      },

      async enter({ url }, username, path = '', options = {}) {
        const visitor = await stage.visit(`${url}/console/#/${path}`, options)
        await visitor.signIn(username)
        await visitor.page.locator('h1[tabindex]').waitFor()
        return visitor
      },
    }
    tests(stage)
  })
}

function visitorOf(page: Page, watching: Watch): Visitor {
  return {
    page,
    watch: watching,
    async signIn(username, password = PASSWORD) {
      await page.getByLabel('User name').fill(username)
      await page.getByLabel('Password', { exact: true }).fill(password)
      await page.getByRole('button', { name: 'Sign in' }).click()
    },
    token: () => page.evaluate(`localStorage.getItem('sliding-jwt-console') ?? ''`),
  }
}

/** Waits until a text is there. */
export async function see(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor()
}

/** Everything that was asked for is there. */
export async function settled(page: Page): Promise<void> {
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
}

/** The claims of a token, unverified. */
export function claimsOf(token: string): { readonly jti: string; readonly gen: number } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}
