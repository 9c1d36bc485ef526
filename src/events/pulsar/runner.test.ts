import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uuidv7 } from 'uuidv7'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import type { Caller } from '../../tenants/caller.ts'
import { openPulsarArea, type PulsarArea } from './area.fixture.ts'
import { startPulsarServer, type PulsarServer } from './pulsar-server.fixture.ts'

let testDatabase: TestDatabase
let folder: string
let server: PulsarServer
let area: PulsarArea
let caller: Caller

beforeEach(async () => {
  testDatabase = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'interchange-pulsar-'))
  server = await startPulsarServer()
  area = await openPulsarArea(testDatabase.connectionString, folder)
  caller = await area.addTenant()
})
afterEach(async () => {
  await area.close()
  await server.close()
  await testDatabase.drop()
  await rm(folder, { recursive: true })
})

const patience = { timeout: 50_000, interval: 20 }
const consuming = (topic: string) => area.bridges.create(caller, { name: topic, serviceUrl: server.url, consume: [{ topic }] })
const connected = (count: number): Promise<void> => vi.waitFor(() => { expect(server.connections()).toBe(count) }, patience)
const holders = async (): Promise<(string | null)[]> => (await area.database.system.query<{ id: string | null }>('select claimed_by as id from pulsar_bridge_states order by bridge_id')).rows.map(({ id }) => id)

test('each bridge runs in one process, however many there are, and in another one when that stops', async () => {
  for (let n = 0; n < 6; n += 1) await consuming(`t${n}`)
  const first = area.run({ leaseSeconds: 1 })
  area.run({ leaseSeconds: 1 })
  await connected(6)
  expect(await holders()).not.toContain(null)
  // Five turns of both: nobody took what the other one has.
  await new Promise((resolve) => { setTimeout(resolve, 1000) })
  expect([server.connections(), server.asked.length]).toEqual([6, 6])
  await first.stop()
  await vi.waitFor(async () => { expect(new Set(await holders()).size).toBe(1) }, patience)
  await connected(6)
})

test("a dead process's bridge is taken when its lease ends, and not before", async () => {
  await consuming('t')
  const dead = uuidv7()
  await area.database.system.query("update pulsar_bridge_states set claimed_by = $1, lease_until = now() + interval '1 hour'", [dead])
  area.run({ leaseSeconds: 1 })
  await new Promise((resolve) => { setTimeout(resolve, 500) })
  expect([server.connections(), ...await holders()]).toEqual([0, dead])
  await area.database.system.query("update pulsar_bridge_states set lease_until = now() - interval '1 second'")
  await connected(1)
})

test('a process that cannot prolong its leases lets go by itself, and takes up again what it may', async () => {
  await consuming('t')
  area.run({ leaseSeconds: 1 })
  await connected(1)
  // Whoever wants to prolong a lease waits for this one.
  const client = await area.database.ownerPool.connect()
  try {
    await client.query('begin')
    await client.query('lock table pulsar_bridge_states in exclusive mode')
    await connected(0)
  } finally {
    await client.query('rollback')
    client.release()
  }
  await connected(1)
})

test('a change takes hold at once: the bridge begins anew with its new settings', async () => {
  const row = await consuming('old')
  area.run()
  await connected(1)
  await area.bridges.patch(caller, row.id, { consume: [{ topic: 'new' }, { topic: 'newer' }] }, { ifMatch: undefined })
  await connected(2)
  expect(server.asked.map(({ url }) => /default\/(\w+)\//.exec(url)?.[1])).toEqual(['old', 'new', 'newer'])
})
