import { configurationPage } from './configuration.ts'
import { errorsPage } from './errors.ts'
import { withFiles } from './files.ts'

/** The pages that are made from the source, wholly or in part, and what makes them. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'docs/configuration.md': configurationPage,
  'docs/deploying.md': () => withFiles('docs/deploying.md'),
  'docs/errors.md': errorsPage,
}
