import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { hiddenTypes } from './types.ts'

/** Takes declarations out of the build that no entry point leads to; they are most of its size. */
for (const path of hiddenTypes(fileURLToPath(new URL('../../', import.meta.url)))) rmSync(path)
