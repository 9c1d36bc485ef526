import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/src/**/*.test.ts'],
    // Those with real counterparts are run by vitest.engines.config.ts.
    exclude: [...configDefaults.exclude, '**/*.engine.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/patience.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    hookTimeout: 60_000,
    reporters: ['default'],
  },
})
