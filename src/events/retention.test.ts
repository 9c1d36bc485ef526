import { V7Generator } from 'uuidv7'
import { expect, test } from 'vitest'
import { withDatabase } from '../../test/postgres.ts'
import { ensurePartitions } from '../db/partitions.ts'
import { addTenant, withEvents } from './area.fixture.ts'
import { createEventRetention } from './retention.ts'

const DAY_MS = 86_400_000
const now = new Date('2026-06-15T12:00:00Z')
const daysAgo = (days: number): Date => new Date(now.getTime() - days * DAY_MS)

function idAt(at: Date): string {
  return new V7Generator().generateOrResetCore(at.getTime(), 10_000).toString()
}

test('events and deliveries go by whole days, large data with them; records of calls stay', () =>
  withDatabase((database) => withEvents(database, async ({ blobs }) => {
    const { tenantId } = await addTenant(database)
    for (const days of [40, 31, 30, 29, 0]) await ensurePartitions(database.owner, daysAgo(days))
    const blobIds: string[] = []
    for (const days of [40, 31, 30, 29]) {
      const { $blob: { id: blobId } } = await blobs.write(tenantId, Buffer.from('{}'), { contentType: 'application/cloudevents+json' })
      blobIds.push(blobId)
      await database.system.query(`insert into events (tenant_id, id, event_id, source, type, time, size_bytes, event, blob_id) values ($1, $2, $3, '/s', 't', now(), 2, '{}', $4)`, [tenantId, idAt(daysAgo(days)), String(days), blobId])
      await database.system.query(
        `insert into deliveries (tenant_id, id, webhook_id, event_id, event_name, event_type, status, finished_at, attempts) values ($1, $2, $2, $2, $3, 't', 'delivered', now(), '[]')`,
        [tenantId, idAt(daysAgo(days)), String(days)])
    }
    await database.system.query(
      `insert into event_keys (tenant_id, scope, key, event_id, expires_at) select $1, 's', n::text, $1, now() + (n - 1500) * interval '1 minute' from generate_series(1, 2000) n`, [tenantId])
    const partitions = async (table: string): Promise<number> => (await database.owner.query('select from pg_inherits where inhparent = $1::regclass', [table])).rowCount!
    const [events, executions] = [await partitions('events'), await partitions('executions')]
    const result = await createEventRetention({ database, blobs, days: 30, ownDays: async () => [] }).apply(now)
    expect(result).toMatchObject({ blobs: 2, keys: 1500 })
    expect(result.days.at(-1)).toEqual(new Date('2026-05-15T00:00:00Z'))
    for (const table of ['events', 'deliveries']) {
      const { rows } = await database.system.query<{ name: string }>(`select ${table === 'events' ? 'event_id' : 'event_name'} as name from ${table} order by id`)
      expect(rows.map(({ name }) => name), table).toEqual(['30', '29'])
    }
    expect(await partitions('events')).toBe(events - result.days.length)
    expect(await partitions('executions')).toBe(executions)
    const there = await Promise.all(blobIds.map((id) => blobs.read(tenantId, id).then(({ stream }) => { stream.destroy(); return true }, () => false)))
    expect(there).toEqual([false, false, true, true])
    expect(await createEventRetention({ database, blobs, days: 30, ownDays: async () => [] }).apply(now)).toEqual({ days: [], blobs: 0, keys: 0, rows: 0 })
  })))

test('a tenant that keeps events and deliveries for fewer days lets go of its own and nobody else’s, large data with them; what is still to be delivered stays', () =>
  withDatabase((database) => withEvents(database, async ({ blobs }) => {
    const [short, other] = [await addTenant(database), await addTenant(database)]
    for (const days of [9, 6, 1]) await ensurePartitions(database.owner, daysAgo(days))
    const { $blob: { id: blobId } } = await blobs.write(short.tenantId, Buffer.from('{}'), { contentType: 'application/cloudevents+json' })
    for (const { tenantId } of [short, other]) {
      for (const days of [9, 6, 1]) {
        const id = idAt(daysAgo(days))
        await database.system.query(`insert into events (tenant_id, id, event_id, source, type, time, size_bytes, event, blob_id) values ($1, $2, $3, '/s', 't', now(), 2, '{}', $4)`, [tenantId, id, String(days), tenantId === short.tenantId && days === 9 ? blobId : null])
        await database.system.query(`insert into deliveries (tenant_id, id, webhook_id, event_id, event_name, event_type, status, finished_at, attempts) values ($1, $2, $2, $2, $3, 't', 'delivered', now(), '[]')`, [tenantId, id, String(days)])
        await database.system.query(`insert into delivery_queue (tenant_id, id, webhook_id, event_id, event_name, event_type, due_at) values ($1, $2, $2, $2, $3, 't', now())`, [tenantId, id, String(days)])
      }
    }
    const retention = createEventRetention({ database, blobs, days: 30, ownDays: async () => [{ tenantId: short.tenantId, days: { events: 7, deliveries: 3 } }] })
    expect(await retention.apply(now)).toMatchObject({ blobs: 1, rows: 3 })
    const left = async (table: string, name: string, { tenantId }: { tenantId: string }): Promise<unknown[]> => (await database.system.query(`select ${name} as name from ${table} where tenant_id = $1 order by id`, [tenantId])).rows.map((row) => row['name'])
    expect([await left('events', 'event_id', short), await left('deliveries', 'event_name', short), await left('delivery_queue', 'event_name', short)]).toEqual([['6', '1'], ['1'], ['9', '6', '1']])
    expect([await left('events', 'event_id', other), await left('deliveries', 'event_name', other)]).toEqual([['9', '6', '1'], ['9', '6', '1']])
    await expect(blobs.read(short.tenantId, blobId)).rejects.toMatchObject({ code: 'not_found' })
    expect(await retention.apply(now)).toMatchObject({ blobs: 0, rows: 0 })
  })))
