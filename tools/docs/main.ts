import { writeFileSync } from 'node:fs'
import { errorsPage } from './errors.ts'

/** Writes the pages that are made from the source; a test compares them. */
writeFileSync(new URL('../../docs/errors.md', import.meta.url), errorsPage())
