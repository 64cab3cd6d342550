import { writeFileSync } from 'node:fs'
import { PAGES } from './pages.ts'

/** Writes the pages that are made from the source; a test compares them. */
for (const [path, make] of Object.entries(PAGES)) {
  writeFileSync(new URL(`../../${path}`, import.meta.url), make())
}
