import { defineConfig } from 'vitest/config'

/** The tests that have to notice a mutation of `src/protocol` or `src/tokens`. */
export default defineConfig({
  test: { include: ['test/protocol/**/*.test.ts', 'test/tokens/**/*.test.ts', 'test/docs/errors.test.ts'] },
})
