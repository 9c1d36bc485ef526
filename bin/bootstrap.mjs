// The first thing that runs on a fresh clone, on whatever Node the machine has: nothing from node_modules may be
// imported here, and no syntax or API newer than Node 16 used, so that an older Node reaches its message.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { ensureDashboard } from './dashboard.mjs'
import { fail, handOver, root } from './hand-over.mjs'
import { ensureInstalled } from './install.mjs'

const commands = {
  hub: (args) => ({ args: [path.join(root, 'src/main.ts'), ...args] }),
  dev: (args) => ({ args: ['scripts/dev.ts', ...args], cwd: root }),
  test: (args) => ({ args: ['node_modules/vitest/vitest.mjs', 'run', ...args], cwd: root }),
  check: (args) => ({ args: ['scripts/check.ts', ...args], cwd: root }),
  'build-client': (args) => ({ args: ['scripts/build-client.ts', ...args], cwd: root }),
  screenshots: (args) => ({ args: ['scripts/screenshots.ts', ...args], cwd: root }),
  bench: (args) => ({ args: ['bench/main.ts', ...args], cwd: root }),
}

const [name, ...rest] = process.argv.slice(2)
const command = Object.prototype.hasOwnProperty.call(commands, name ?? '') ? commands[name] : undefined
if (!command) fail(`usage: node bin/bootstrap.mjs ${Object.keys(commands).join('|')} [arguments]`, 2)
if (!existsSync(path.join(root, 'package-lock.json'))) fail(`${root} has no package-lock.json: this is not a whole copy of Interchange.`)
await ensureInstalled({ withDevelopment: name !== 'hub' })
// The hub starts without it, too; what is checked must be what there is.
if (name === 'hub' && rest[0] === 'serve') await ensureDashboard()
if (name === 'check' && !await ensureDashboard()) fail('what is not built cannot be checked.')
handOver(command(rest))
