import { readFileSync } from 'node:fs'

/** The package's version, seen from the source and from the compiled package alike. */
export const VERSION: string = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
).version
