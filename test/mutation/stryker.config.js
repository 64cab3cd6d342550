/**
 * Mutation tests of the rules and of the tokens: `npm run mutate`. Static mutants are tested, too.
 *
 * What survives changes nothing that anybody can see:
 * - `claims.ts` 11 and 13: length and number of bytes of a `jti`; the comparison with its canonical form implies both.
 * - `fingerprint.ts` 107: of two user agents, one without a browser is unequal to one with; only two without need the line.
 * - `ip.ts` 12: what no address is put in for none; any word is caught and answered with the empty one.
 * - `keyring.ts` 45 and 73: an encoding of '' is UTF-8; a key that is null has another form already.
 * - `user-agent.ts` 42 and 50: one place beyond both versions is 0 in both; a word is version 0, as none is.
 * - `verify.ts` 39: a token that was signed here has a payload.
 * - `verify.ts` 45, 50 and 78: what is undefined throws in the next line; a `catch` without a return answers undefined.
 * - `verify.ts` 57, 59 and 77: a `kid` that is no text is in no map; jsonwebtoken refuses another algorithm than the
 *   key's; a payload that is text has no claims. Each is refused twice, as neither should have to be trusted alone.
 * Mutants that break the set-up of the tests themselves are listed as errors and do not count.
 */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  plugins: ['@stryker-mutator/vitest-runner'],
  mutate: ['src/protocol/**/*.ts', 'src/tokens/**/*.ts'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  reporters: ['clear-text', 'json', 'progress-append-only'],
  jsonReporter: { fileName: 'reports/mutation.json' },
  clearTextReporter: { allowColor: false, logTests: false, allowEmojis: false, reportTests: false },
  tempDirName: 'reports/stryker',
  thresholds: { high: 98, low: 95, break: 95 },
}
