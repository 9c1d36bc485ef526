/** A vitest reporter for `.ci/run`: writes what passed, failed and was skipped, as JSON, to the file that `TEST_TOTALS` names. */
import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

export default class Totals implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const totals = { passed: 0, failed: errors.length, skipped: 0 }
    for (const module of modules) {
      // Of a file that could not be loaded no test is known; it counts as one.
      if (module.errors().length > 0) totals.failed++
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        totals[state === 'passed' || state === 'skipped' ? state : 'failed']++
      }
    }
    writeFileSync(process.env['TEST_TOTALS'] ?? 'totals.json', JSON.stringify(totals))
  }
}
