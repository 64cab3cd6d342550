import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: process.env['CI'] ? ['default', ['json', { outputFile: 'reports/vitest.json' }]] : ['default'],
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      // It runs in the browser, where its tests are.
      exclude: ['src/console/**'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { 'src/protocol/**': { branches: 100, functions: 100, lines: 100, statements: 100 } },
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'test/browser/**'],
          // Starts the one PostgreSQL of the run.
          globalSetup: 'test/postgres/global-setup.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          // Builds the console and starts a Chromium; not done where none of these tests run.
          globalSetup: 'test/browser/global-setup.ts',
          // Each test has a server and a browser context of its own; what they are made of is loaded once.
          isolate: false,
        },
      },
    ],
  },
})
