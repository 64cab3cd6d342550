import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { buildConsole } from '../../tools/console/build.ts'
import { ARGUMENTS, findChromium } from './chromium.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the one Chromium of this run is reached; undefined where there is none. */
    readonly chromium: string | undefined
  }
}

/** One Chromium for all browser tests. Where there is none they are skipped, and it is said why. */
export default async function setUp({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const executablePath = await findChromium()
  const server = executablePath === undefined ? NONE : await launch(executablePath)
  if (typeof server === 'string') {
    process.stderr.write(`The browser tests are skipped: ${server}\n`)
    provide('chromium', undefined)
    return undefined
  }
  await buildConsole()
  provide('chromium', server.wsEndpoint())
  return () => server.close()
}

const NONE = 'there is no Chromium for this platform; set CHROMIUM_PATH to one.'

/** The browser; or why there is none: a machine may lack the libraries that it needs. */
async function launch(executablePath: string) {
  try {
    return await chromium.launchServer({ executablePath, args: [...ARGUMENTS] })
  } catch (error) {
    const [, library] = /error while loading shared libraries: (\S+):/.exec(String(error)) ?? []
    if (library === undefined) throw error
    return `Chromium needs ${library} (on Debian: apt-get install libnss3).`
  }
}
