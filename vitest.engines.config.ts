/** The tests with real counterparts, of which some take long to start: `npm test -- --config vitest.engines.config.ts`. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/engines/*.engine.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/patience.ts'],
    pool: 'forks',
    // One counterpart at a time: together they would need more memory than a small machine has.
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    reporters: ['default'],
  },
})
