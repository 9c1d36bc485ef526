import { V7Generator } from 'uuidv7'
import { expect, test } from 'vitest'
import { withDatabase } from '../../test/postgres.ts'
import type { Database } from '../db/database.ts'
import { ensurePartitions } from '../db/partitions.ts'
import { addTenant, sample, withArea, type Area } from '../executions/samples.ts'
import { createStored, type Stored } from './stored.ts'

const DAY_MS = 86_400_000
const ids = new V7Generator()
const idAt = (at: Date): string => ids.generateOrResetCore(at.getTime(), 10_000).toString()

async function addEvents(database: Database, tenantId: string, at: Date, { count = 1, bytes }: { count?: number, bytes: number }): Promise<void> {
  await database.system.query(
    `insert into events (tenant_id, id, event_id, source, type, time, size_bytes, event) select $1, id, id::text, '/s', 't', now(), $3, repeat('x', $3) from unnest($2::uuid[]) id`, [tenantId, Array.from({ length: count }, () => idAt(at)), bytes])
}

async function addOthers(database: Database, tenantId: string, at: Date): Promise<void> {
  const id = idAt(at)
  await database.system.query(
    `insert into deliveries (tenant_id, id, webhook_id, event_id, event_name, event_type, status, finished_at, attempts) values ($1, $2, $2, $2, 'e', 't', 'delivered', now(), repeat('a', 300))`, [tenantId, id])
  await database.system.query(
    `insert into flow_runs (tenant_id, id, flow_id, namespace, name, version, status, started_at, ended_at, trigger, record) values ($1, $2, $2, 'default', 'f', '1', 'completed', now(), now(), '{}', repeat('r', 98))`, [tenantId, id])
  await database.system.query(`insert into flow_journal (tenant_id, run_id, seq, entries) values ($1, $2, 1, repeat('j', 40))`, [tenantId, id])
}

const storedIn = (database: Database, { figures, blobs }: Area): Stored => createStored({ database, figures, blobs })

test('what a tenant stores is told by kind, its own alone; what is let go of is no longer counted', () =>
  withDatabase((database) => withArea(database, async (area) => {
    const [one, other] = [await addTenant(database), await addTenant(database)]
    const stored = storedIn(database, area)
    expect(await stored.of(one.tenantId)).toEqual({ bytes: { executions: 0, events: 0, deliveries: 0, runs: 0, blobs: 0 }, measuredAt: null })
    const [today, before] = [new Date(), new Date(Date.now() - 5 * DAY_MS)]
    await ensurePartitions(database.owner, before)
    await addEvents(database, one.tenantId, today, { count: 3, bytes: 1000 })
    await addEvents(database, one.tenantId, before, { bytes: 20_000 })
    await addEvents(database, other.tenantId, today, { bytes: 7 })
    await addOthers(database, one.tenantId, today)
    await area.executions.record(sample(one, {}))
    await area.blobs.write(one.tenantId, Buffer.alloc(500), { contentType: 'image/png' })
    const { rows: [row] } = await database.system.query<{ size: number }>('select size_bytes as size from executions')
    await stored.measure()
    const kept = { executions: row!.size, events: 23_000, deliveries: 300, runs: 140, blobs: 500 }
    expect(await stored.of(one.tenantId)).toEqual({ bytes: kept, measuredAt: expect.any(Date) })
    expect(await stored.of(other.tenantId)).toMatchObject({ bytes: { events: 7, executions: 0, blobs: 0 } })
    expect((await stored.all()).toSorted((a, b) => b.bytes.events - a.bytes.events)).toEqual([{ tenantId: one.tenantId, bytes: kept }, { tenantId: other.tenantId, bytes: { executions: 0, events: 7, deliveries: 0, runs: 0, blobs: 0 } }])

    await database.system.query('delete from events where tenant_id = $1', [other.tenantId])
    await database.owner.query(`drop table events_${before.toISOString().slice(0, 10).replaceAll('-', '')}`)
    await stored.measure(new Date(today.getTime() - 2 * DAY_MS))
    expect((await stored.of(one.tenantId)).bytes.events).toBe(3000)
    expect((await stored.of(other.tenantId)).bytes.events).toBe(0)
  })))

test('days that are not asked for keep what was measured of them', () =>
  withDatabase((database) => withArea(database, async (area) => {
    const { tenantId } = await addTenant(database)
    const stored = storedIn(database, area)
    const before = new Date(Date.now() - 5 * DAY_MS)
    await ensurePartitions(database.owner, before)
    await addEvents(database, tenantId, before, { bytes: 100 })
    await stored.measure()
    await addEvents(database, tenantId, before, { bytes: 100 })
    await addEvents(database, tenantId, new Date(), { bytes: 10 })
    await stored.measure(new Date(Date.now() - 2 * DAY_MS))
    expect((await stored.of(tenantId)).bytes.events).toBe(110)
    await stored.measure()
    expect((await stored.of(tenantId)).bytes.events).toBe(210)
  })))

test('a day that takes more than 64 MiB is measured by a sample of it', () =>
  withDatabase((database) => withArea(database, async (area) => {
    const [most, few] = [await addTenant(database), await addTenant(database)]
    const stored = storedIn(database, area)
    for (let round = 0; round < 12; round += 1) {
      await addEvents(database, most.tenantId, new Date(), { count: 900, bytes: 7000 })
      await addEvents(database, few.tenantId, new Date(), { count: 100, bytes: 7000 })
    }
    await stored.measure()
    const [large, small] = [(await stored.of(most.tenantId)).bytes.events, (await stored.of(few.tenantId)).bytes.events]
    expect(Math.abs(large / (12 * 900 * 7000) - 1)).toBeLessThan(0.2)
    expect(small / (12 * 100 * 7000)).toBeGreaterThan(0.5)
    expect(small / (12 * 100 * 7000)).toBeLessThan(1.6)
  })))
