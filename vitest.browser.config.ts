/** The dashboard in Debian's Chromium, on a real hub: `npm test -- --config vitest.browser.config.ts`. Skipped where there is no Chromium. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['web/test/**/*.browser.test.ts'],
    globalSetup: ['test/global-setup.ts', 'web/test/build.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A page that is looked at while others are tested answers late.
    expect: { poll: { timeout: 30_000 } },
    reporters: ['default'],
  },
})
