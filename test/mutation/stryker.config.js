/** Mutation tests of the rules and of the tokens: `npm run mutate`. */
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
