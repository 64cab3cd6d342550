import { mkdir, readFile, writeFile } from 'node:fs/promises'
import type { DesignResult } from './compare.ts'
import { comparisonTable } from './comparison-table.ts'
import { plotComparison } from './plot.ts'

const BEGIN = '<!-- comparison: written by npm run simulate -- --compare -->'
const END = '<!-- end of comparison -->'

const DOCUMENT = new URL('../../docs/why-this-design.md', import.meta.url)
const PLOT = new URL('../../docs/images/four-designs.svg', import.meta.url)

/** Puts the measured table and plot into the documentation. */
export async function writeDocument(results: readonly DesignResult[]): Promise<void> {
  await mkdir(new URL('.', PLOT), { recursive: true })
  await writeFile(PLOT, plotComparison(results))
  const text = await readFile(DOCUMENT, 'utf8')
  await writeFile(DOCUMENT, withTable(text, comparisonTable(results)))
}

/**
 * Replaces what stands between the two markers.
 *
 * @throws Error where a marker is missing.
 */
export function withTable(text: string, table: string): string {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (from < 0 || to < from) throw new Error('The document lacks the markers of the comparison.')
  return `${text.slice(0, from)}${BEGIN}\n\n${table}\n\n${text.slice(to)}`
}
