import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DesignResult } from './compare.ts'
import { comparisonTable } from './comparison-table.ts'
import { plotComparison } from './plot.ts'

const BEGIN = '<!-- comparison: written by npm run simulate -- --compare -->'
const END = '<!-- end of comparison -->'

export const DOCS = fileURLToPath(new URL('../../docs', import.meta.url))

const PAGE = 'why-this-design.md'

/** Writes the page of the documentation that has the comparison, and its plot, into a folder. */
export async function writeDocument(results: readonly DesignResult[], folder = DOCS): Promise<void> {
  const images = join(folder, 'images')
  const text = await readFile(join(DOCS, PAGE), 'utf8')
  await mkdir(images, { recursive: true })
  await writeFile(join(images, 'four-designs.svg'), plotComparison(results))
  await writeFile(join(folder, PAGE), withTable(text, comparisonTable(results)))
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
