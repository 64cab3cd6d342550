/**
 * Mutation tests of the rules and of the tokens: `npm run mutate`.
 *
 * What survives, and why: in `verify.ts` and `claims.ts` checks that stand before those of jsonwebtoken or of a
 * canonical comparison, which refuse the same (kept, as neither should have to be trusted alone); words of
 * messages; lengths at their very limit, where no token or secret of exactly that length is made; loops that
 * look at one place more, where nothing is; and the `kid`'s prefix, any of which serves.
 */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  plugins: ['@stryker-mutator/vitest-runner'],
  mutate: [
    'src/protocol/**/*.ts',
    'src/tokens/**/*.ts',
    // A table of texts for people; its codes and statuses are compared by the tests of everything above it.
    '!src/protocol/errors.ts',
  ],
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  concurrency: 2,
  reporters: ['clear-text', 'json', 'progress-append-only'],
  jsonReporter: { fileName: 'reports/mutation.json' },
  clearTextReporter: { allowColor: false, logTests: false, allowEmojis: false, reportTests: false },
  tempDirName: 'reports/stryker',
  thresholds: { high: 98, low: 95, break: 95 },
}
