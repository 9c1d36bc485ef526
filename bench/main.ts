/**
 * `npm run bench`: figures of the hub on this machine, with ratios measured side by side in the same run.
 * Everything is loopback, bounded in time, and gone afterwards. `npm run bench start` runs one part; `soak`, which takes long, runs only so.
 */
import { Report } from './report.ts'
import { openLoad } from './load.ts'
import { measureCallPath } from './parts/call-path.ts'
import { measureDashboard } from './parts/dashboard.ts'
import { measureEvents } from './parts/events.ts'
import { measureFlows } from './parts/flows.ts'
import { measureImport } from './parts/import.ts'
import { measureMany } from './parts/many.ts'
import { measureSoak } from './parts/soak.ts'
import { measureStart } from './parts/start.ts'

const parts = { start: measureStart, calls: measureCallPath, many: measureMany, import: measureImport, events: measureEvents, flows: measureFlows, dashboard: measureDashboard, soak: measureSoak }
type Part = keyof typeof parts
/** Those that run where none is named. */
const usual: Part[] = ['start', 'calls', 'many', 'import', 'events', 'flows', 'dashboard']

const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => !(name in parts))
if (unknown !== undefined) {
  process.stderr.write(`There is no part ${unknown}: ${Object.keys(parts).join(', ')}.\n`)
  process.exit(2)
}

const load = await openLoad()
const report = new Report()
process.stdout.write(`load generator: ${load.kind === 'go' ? 'Go' : 'Node (no Go here: it takes more of the machine, so figures are lower)'}\n\n`)
for (const name of wanted.length > 0 ? wanted as Part[] : usual) {
  process.stdout.write(`${name}\n`)
  await parts[name](report, load)
}
await report.write(load.kind)
