import type { BrowserContext, Page } from 'playwright-core'

/** What a page did that it must not; `tolerated` are statuses that a test expects of the server. */
export interface Watch {
  readonly complaints: readonly string[]
  tolerate(...statuses: number[]): void
  /** What was complained about so far, and is no fault of the test. */
  forgive(): string
}

/** Tells a page's own script to report what it violates; the browser's message alone does not name the place. */
const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) => {
  console.error('CSP: ' + event.violatedDirective + ' at ' + event.sourceFile + ':' + event.lineNumber)
})`

/** Watches all pages of a context: errors on the console, uncaught ones, violations of the policy, and answers of 400 and more. */
export async function watch(context: BrowserContext): Promise<Watch> {
  const complaints: string[] = []
  const tolerated = new Set<number>()
  await context.addInitScript(REPORT_VIOLATIONS)
  context.on('page', (page) => watchPage(page, complaints, tolerated))
  return {
    complaints,
    forgive: () => complaints.splice(0).join('\n'),
    tolerate: (...statuses) => {
      for (const status of statuses) tolerated.add(status)
    },
  }
}

function watchPage(page: Page, complaints: string[], tolerated: ReadonlySet<number>): void {
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`))
  page.on('console', (message) => {
    const isBad = message.type() === 'error' || message.type() === 'warning'
    // Answers are judged by their status, below.
    if (isBad && !message.text().startsWith('Failed to load resource')) complaints.push(message.text())
  })
  page.on('response', (response) => {
    if (response.status() >= 400 && !tolerated.has(response.status())) {
      complaints.push(
        `${response.status()} ${response.request().method()} ${new URL(response.url()).pathname}`,
      )
    }
  })
}
