/** `npm run check`: everything that is checked without running the tests. All of it runs, also after a failure. */
import { spawnSync } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'

const checks = [
  { name: 'types', args: ['node_modules/typescript/bin/tsc', '-p', '.'] },
  { name: 'types of the dashboard', args: ['node_modules/typescript/bin/tsc', '-p', 'web'] },
  { name: 'types of its tests', args: ['node_modules/typescript/bin/tsc', '-p', 'web/test'] },
  { name: 'every source as Node reads it', args: ['--experimental-vm-modules', 'scripts/node-syntax.ts'] },
  { name: 'lint and import boundaries', args: ['node_modules/oxlint/bin/oxlint', '--deny-warnings'] },
  { name: 'dead code', args: ['node_modules/knip/bin/knip.js', '--no-progress'] },
  { name: 'size of the dashboard', args: ['scripts/dashboard-size.ts'] },
  { name: 'schema listing unchanged', args: ['src/main.ts', 'schema', '--check'] },
]

const failed = checks.filter(({ name, args }) => {
  const startedAt = performance.now()
  const { status, stdout, stderr, error } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
  if (status === 0) return false
  // Some tools take CI for a terminal with colours.
  console.log(stripVTControlCharacters([stdout, stderr, error?.message].filter(Boolean).join('\n').trim()))
  return true
})

console.log(failed.length === 0 ? `All ${checks.length} checks passed.` : `${failed.length} of ${checks.length} checks failed: ${failed.map(({ name }) => name).join(', ')}.`)
process.exitCode = failed.length === 0 ? 0 : 1
