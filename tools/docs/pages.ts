import { configurationPage } from './configuration.ts'
import { errorsPage } from './errors.ts'

/** The pages that are made from the source, and what makes them. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'docs/configuration.md': configurationPage,
  'docs/errors.md': errorsPage,
}
