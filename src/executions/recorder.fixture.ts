/** Records without end until it is killed, and names each acknowledged execution on standard output. Started by executions.test.ts. */
import { writeSync } from 'node:fs'
import { createBlobs } from '../blobs/blobs.ts'
import { createDatabase } from '../db/database.ts'
import { systemCaller } from '../tenants/caller.ts'
import { createExecutions } from './executions.ts'
import { createFigures } from './figures.ts'
import { sample } from './samples.ts'

const [connectionString, folder, tenantId, ...integrations] = process.argv.slice(2) as [string, string, string, ...string[]]
const database = createDatabase({ connectionString, maxConnections: 8, onError: () => undefined })
const figures = createFigures({ database })
const executions = createExecutions({ database, blobs: createBlobs({ database, folder }), figures })
const statuses = ['succeeded', 'succeeded', 'failed', 'refused'] as const

async function recordOn(start: number): Promise<void> {
  for (let turn = start; ; turn += 1) {
    // Some began before the minute that is being made: as long runs do.
    const at = Date.now() - (turn % 7 === 0 ? 90_000 : 0)
    const execution = sample(systemCaller(tenantId), { at, integrationId: integrations[turn % integrations.length]!, status: statuses[turn % statuses.length]!, latency: turn % 300 })
    await executions.record(execution)
    // At once: what is written later may be lost with the process, and nothing would prove that it had been acknowledged.
    writeSync(1, `${execution.id}\n`)
  }
}

setInterval(() => { void figures.rollUp() }, 100)
await Promise.all(Array.from({ length: 16 }, (_, index) => recordOn(index)))
