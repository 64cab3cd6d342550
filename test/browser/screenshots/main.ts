import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { buildConsole } from '../../../tools/console/build.ts'
import { ARGUMENTS, findChromium } from '../chromium.ts'
import { PASSWORD, startServer } from '../server.ts'
import { STORY, seed } from './seed.ts'

/** `npm run screenshots [folder]`: the console's pages as pictures, by default into docs/images. */
const folder = process.argv[2] ?? fileURLToPath(new URL('../../../docs/images', import.meta.url))
const ADMIN = 'root'
const OWNER = 'nora.lindqvist'
type Kept = Awaited<ReturnType<BrowserContext['storageState']>>

const AS_LAPTOP: BrowserContextOptions = {
  userAgent:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
  extraHTTPHeaders: { 'x-forwarded-for': '198.51.100.24' },
}

type Scheme = 'light' | 'dark'

const SIZES = {
  wide: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
} as const satisfies Record<string, BrowserContextOptions>

interface Picture {
  readonly name: string
  /** Default: the admin. */
  readonly user?: typeof OWNER
  readonly path: string
  readonly size: keyof typeof SIZES
  readonly scheme: Scheme
  readonly prepare?: (page: Page) => Promise<void>
}

const all = process.argv.includes('--all')

const openTheft = async (page: Page) => {
  await page.locator('summary', { hasText: 'stolen token of' }).first().click()
}

const openUser = async (page: Page) => {
  await page.getByRole('link', { name: OWNER }).click()
  await page.getByRole('heading', { name: 'Latest events' }).waitFor()
}

const everywhere = async (page: Page) => {
  await openUser(page)
  await page.getByRole('button', { name: 'Sign out everywhere' }).click()
}

const signOut = async (page: Page) => {
  await page.evaluate('localStorage.clear()')
  await page.reload()
}

const newUser = async (page: Page) => {
  await page.getByRole('button', { name: 'New user' }).click()
  await page.getByRole('button', { name: 'Make one up' }).click()
}

const CHOSEN: readonly Picture[] = [
  { name: 'overview', path: 'overview', size: 'wide', scheme: 'light' },
  { name: 'overview-dark', path: 'overview', size: 'wide', scheme: 'dark' },
  { name: 'devices', user: OWNER, path: 'devices', size: 'wide', scheme: 'light' },
  { name: 'devices-phone', user: OWNER, path: 'devices', size: 'phone', scheme: 'dark' },
  { name: 'trail', path: 'events', size: 'wide', scheme: 'light', prepare: openTheft },
  { name: 'everywhere', path: 'users?search=nora', size: 'wide', scheme: 'dark', prepare: everywhere },
]

const EVERY: readonly Picture[] = (['light', 'dark'] as const).flatMap((scheme) =>
  (['wide', 'phone'] as const).flatMap((size) =>
    (
      [
        ['overview', 'overview'],
        ['devices', 'devices', undefined, OWNER],
        ['password', 'password', undefined, OWNER],
        ['users', 'users'],
        ['user', 'users?search=nora', openUser],
        ['everywhere', 'users?search=nora', everywhere],
        ['new-user', 'users', newUser],
        ['events', 'events', openTheft],
        ['empty', 'users?search=zzz'],
        ['nothing', 'nowhere'],
        ['sign-in', '', signOut],
      ] as const
    ).map(([name, path, prepare, user]) => ({
      name: `${name}-${size}-${scheme}`,
      path,
      size,
      scheme,
      ...(prepare !== undefined && { prepare }),
      ...(user !== undefined && { user }),
    })),
  ),
)

/** Signs a user in; answers with what the browser has kept, so that one session serves all pictures. */
async function signIn(browser: Browser, url: string, user: string): Promise<Kept> {
  const context = await browser.newContext(AS_LAPTOP)
  const page = await context.newPage()
  await page.goto(`${url}/console/`)
  await page.getByLabel('User name').fill(user)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('h1[tabindex]').waitFor()
  return context.storageState()
}

async function take(browser: Browser, url: string, picture: Picture, storageState: Kept): Promise<void> {
  const context = await browser.newContext({
    ...AS_LAPTOP,
    ...SIZES[picture.size],
    storageState,
    colorScheme: picture.scheme,
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  await page.goto(`${url}/console/#/${picture.path}`)
  await page.locator('h1').waitFor()
  await settled(page)
  await picture.prepare?.(page)
  await settled(page)
  await page.screenshot({ path: `${folder}/console-${picture.name}.png` })
  await context.close()
}

/** Everything is loaded, and in the right font. */
async function settled(page: Page): Promise<void> {
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
  await page.evaluate('document.fonts.ready.then(() => undefined)')
}

const executablePath = await findChromium()
if (executablePath === undefined) throw new Error('No Chromium: set CHROMIUM_PATH to one.')
mkdirSync(folder, { recursive: true })
await buildConsole()
// A count of sessions is good for some seconds: those of the story pass in no time.
const { now } = performance
let passed = 0
performance.now = () => now.call(performance) + passed
const server = await startServer({ ahead: -STORY, trustProxy: 'loopback' })
const { advance } = server
const browser = await chromium.launch({ executablePath, args: [...ARGUMENTS] })
try {
  await seed(
    {
      ...server,
      advance: (milliseconds) => {
        passed += milliseconds
        advance(milliseconds)
      },
    },
    ADMIN,
    OWNER,
  )
  const kept = {
    [ADMIN]: await signIn(browser, server.url, ADMIN),
    [OWNER]: await signIn(browser, server.url, OWNER),
  }
  for (const picture of all ? EVERY : CHOSEN)
    await take(browser, server.url, picture, kept[picture.user ?? ADMIN])
} finally {
  await browser.close()
  await server.stop()
}
