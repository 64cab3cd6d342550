import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Mutation tests of the rules and of the tokens: `npm run mutate`. Static mutants are tested, too.
 * What did not change since the last run is not tested again, unless with `npm run mutate -- --force`; while
 * working on one file, `npm run mutate -- --mutate src/protocol/decide.ts`.
 *
 * What survives changes nothing that anybody can see:
 * - `user-agent.ts`, `compareVersions`: one place beyond both versions is 0 in both.
 * - `verify.ts`, `jwks.ts`, `public-jwks.ts`, every `catch`: without a return they answer undefined, too.
 * - `jwks.ts`, `bitsOf`: a key pair always has details; any text serves as the probe.
 * - `time.ts`: what comes behind a time is refused by `Date.parse`, too.
 * - `verify.ts`, `keyOf` and `verifyPayload`: jsonwebtoken refuses another algorithm than the key's; a payload
 *   that is text has no claims. Each is refused twice, as neither should have to be trusted alone.
 * - `ip.ts`, `PLAIN_IPV4`: what it does not take is spelled in the same way by the parser.
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
  incremental: true,
  // Neither may lie where the linter looks: a mutated copy of the sources would fail `npm test`.
  incrementalFile: 'node_modules/.cache/mutation.json',
  tempDirName: join(tmpdir(), 'sliding-jwt-mutation'),
  cleanTempDir: 'always',
  thresholds: { high: 98, low: 95, break: 95 },
}
