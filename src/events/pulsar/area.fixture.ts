/**
 * Bridges with all that they stand on, and nothing else of the hub: for tests in one process, and, run by itself, as a process that can
 * be killed: `node area.fixture.ts <connection string> <data folder>`; it runs the bridges until it is asked to stop.
 */
import { uuidv7 } from 'uuidv7'
import { createBlobs } from '../../blobs/blobs.ts'
import { createCredentials } from '../../credentials/credentials.ts'
import { openRootKeys } from '../../credentials/root-key.ts'
import { createDatabase, type Database } from '../../db/database.ts'
import { ensurePartitions } from '../../db/partitions.ts'
import { readConfig } from '../../config.ts'
import { createAddressGuard } from '../../lib/http/address-guard.ts'
import { createHttpClient } from '../../lib/http/client.ts'
import { createJq } from '../../lib/jq/jq.ts'
import { systemCaller, type Caller } from '../../tenants/caller.ts'
import type { CloudEvent } from '../event.ts'
import { createFeed } from '../feed.ts'
import { createFollowers, type Followers } from '../followers.ts'
import { createInbox } from '../inbox.ts'
import { createPublishing } from '../publishing.ts'
import { createEventTypes } from '../types.ts'
import { createBridges, type Bridges } from './bridges.ts'
import { linkTimings } from './link/link.ts'
import { startRunner, type Runner } from './runner.ts'

export interface PulsarArea {
  database: Database
  bridges: Bridges
  /** Of a new tenant. */
  addTenant(): Promise<Caller>
  /** As if it had been posted; answers the hub's id of it. */
  publish(tenantId: string, event: Partial<CloudEvent>): Promise<string>
  /** What the tenant's events are, in the order of their commits. */
  events(tenantId: string): Promise<CloudEvent[]>
  run(options?: { leaseSeconds?: number }): Runner
  /** What went wrong inside. */
  errors: unknown[]
  close(): Promise<void>
}

export async function openPulsarArea(connectionString: string, dataFolder: string): Promise<PulsarArea> {
  const database = createDatabase({ connectionString, maxConnections: 8, onError: () => undefined })
  await ensurePartitions(database.owner)
  const blobs = createBlobs({ database, folder: `${dataFolder}/blobs` })
  const guard = createAddressGuard({ allowNetworks: ['127.0.0.0/8'] })
  const http = createHttpClient({ guard })
  const jq = createJq({ threads: 2 })
  const rootKeys = await openRootKeys(readConfig({ INTERCHANGE_DATA: dataFolder }))
  const credentials = await createCredentials({ database, http, rootKeys, connectors: { credentialSchema: async () => undefined }, allowEnvironment: ['PULSAR_TOKEN'], environment: process.env })
  const inbox = createInbox({ database, blobs, announce: () => undefined, fanout: { plan: () => [], committed: () => undefined, dropped: () => undefined, uncertain: () => undefined } })
  const runners: Runner[] = []
  const errors: unknown[] = []
  const onError = (error: unknown): void => { errors.push(error) }
  const feed = createFeed({ database, onError, pollMs: 50 })
  const followersOf = (leaseSeconds = 15): Followers => createFollowers({ database, blobs, feed, leaseSeconds, onError })
  const { check } = createPublishing({ inbox, types: createEventTypes({ database, connectors: [] }), commands: [], wake: () => undefined })
  return {
    database, errors,
    bridges: createBridges({ database, jq, secrets: credentials.own, followers: followersOf(), changed: () => { for (const each of runners) each.refresh() } }),
    async addTenant() {
      const id = uuidv7()
      await database.system.query('insert into tenants (id, slug, name) values ($1, $2, $2)', [id, id])
      return systemCaller(id)
    },
    async publish(tenantId, given) {
      const id = uuidv7()
      const event = { specversion: '1.0' as const, id, source: '/test', type: 'test', ...given }
      const json = JSON.stringify(event)
      await inbox.accept({ tenantId, id, event, json, sizeBytes: Buffer.byteLength(json) })
      return id
    },
    async events(tenantId) {
      const { rows } = await database.system.query<{ event: string }>('select event from events where tenant_id = $1 order by xid, id', [tenantId])
      return rows.map(({ event }) => JSON.parse(event) as CloudEvent)
    },
    run({ leaseSeconds } = {}) {
      const runner = startRunner({
        database, inbox, jq, guard, check, followers: followersOf(leaseSeconds), secrets: credentials.own, ...leaseSeconds !== undefined && { leaseSeconds },
        timings: { ...linkTimings, firstRetryMs: 50, maxRetryMs: 1000 },
        onError: (_message, error) => { onError(error) },
      })
      runners.push(runner)
      return runner
    },
    async close() {
      await Promise.all(runners.map((each) => each.stop()))
      await inbox.drain()
      await jq.close()
      await http.close()
      await database.close()
    },
  }
}

if (process.argv[1] === import.meta.filename) {
  const area = await openPulsarArea(process.argv[2]!, process.argv[3]!)
  area.run({ leaseSeconds: 2 })
  // Between two turns nothing else keeps it alive.
  const alive = setInterval(() => undefined, 60_000)
  process.once('SIGTERM', () => { void area.close().finally(() => { clearInterval(alive) }) })
  process.stdout.write('ready\n')
}
