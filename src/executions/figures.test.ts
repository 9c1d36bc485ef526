import { uuidv7 } from 'uuidv7'
import { expect, test } from 'vitest'
import { withDatabase } from '../../test/postgres.ts'
import type { Database } from '../db/database.ts'
import type { Caller } from '../tenants/caller.ts'
import { createFigures, type Figures } from './figures.ts'
import { latencyBounds, percentile } from './histogram.ts'
import type { ExecutionStatus } from './record.ts'
import { addIntegration, addTenant, sample, withArea, type Area } from './samples.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** The start of a minute within the current partitions, with an hour of room before it. */
const NOON = Math.floor(Date.now() / MINUTE) * MINUTE

const lastHours = { from: new Date(NOON - 3 * HOUR), to: new Date(NOON + HOUR) }

async function record({ executions }: Area, caller: Caller, integrationId: string, calls: [at: number, status: ExecutionStatus, latency: number][]): Promise<void> {
  await Promise.all(calls.map(([at, status, latency]) => executions.record(sample(caller, { at, status, latency, integrationId }))))
}

async function everyFigure(figures: Figures, { tenantId }: Caller, integrationId: string): Promise<unknown> {
  return [
    await figures.performance(tenantId, integrationId, lastHours), await figures.totals(tenantId, lastHours), await figures.rates(tenantId, [integrationId], lastHours),
    await figures.series(tenantId, { ...lastHours, step: 'minute' }), await figures.series(tenantId, { ...lastHours, integrationId, step: 'hour' }),
    await figures.callsSince(tenantId, integrationId, lastHours.from), await figures.storageByIntegration(tenantId),
  ]
}

async function minutesIn(database: Database): Promise<number> {
  return (await database.system.query('select 1 from integration_minutes')).rows.length
}

test('figures say what was recorded; what was refused counts apart', () =>
  withDatabase((database) => withArea(database, async (area) => {
    const caller = await addTenant(database)
    const [id, quiet] = [uuidv7(), uuidv7()]
    await record(area, caller, id, [[NOON - 5 * MINUTE, 'succeeded', 10], [NOON - 5 * MINUTE + 1, 'succeeded', 20], [NOON - 4 * MINUTE, 'failed', 60], [NOON - 1, 'succeeded', 30], [NOON, 'refused', 0]])
    const range = { from: new Date(NOON - 10 * MINUTE), to: new Date(NOON + MINUTE) }
    expect(await area.figures.performance(caller.tenantId, id, range)).toMatchObject({
      calls: 4, succeeded: 3, failed: 1, refused: 1, averageLatency: 30, successRate: 75, errorRate: 25, throughput: 4 / 11,
    })
    expect(await area.figures.performance(caller.tenantId, quiet, range)).toEqual({
      calls: 0, succeeded: 0, failed: 0, refused: 0, averageLatency: null, successRate: null, errorRate: null, throughput: 0, p50: null, p95: null, p99: null,
    })
    expect(await area.figures.callsSince(caller.tenantId, id, new Date(NOON - 4 * MINUTE))).toBe(2)
    expect(await area.figures.callsSince(caller.tenantId, id, new Date(NOON - 5 * MINUTE))).toBe(4)
    expect([...(await area.figures.rates(caller.tenantId, [id, quiet], range)).keys()]).toEqual([id])
    expect(await area.figures.series(caller.tenantId, { ...range, step: 'minute' })).toMatchObject([
      { at: new Date(NOON - 5 * MINUTE), calls: 2, averageLatency: 15, successRate: 100 }, { at: new Date(NOON - 4 * MINUTE), calls: 1, failed: 1, averageLatency: 60, successRate: 0 },
      { at: new Date(NOON - MINUTE), calls: 1 }, { at: new Date(NOON), calls: 0, refused: 1, averageLatency: null },
    ])
  }, { clock: () => NOON + MINUTE })))

test('making the minutes changes no figure, however often and by however many hubs', () =>
  withDatabase((database) => withArea(database, async (area) => {
    const caller = await addTenant(database)
    const [id, other] = [uuidv7(), uuidv7()]
    const calls = Array.from({ length: 60 }, (_, index): [number, ExecutionStatus, number] => [NOON - 40 * MINUTE + index * 40_000, index % 5 === 0 ? 'failed' : 'succeeded', index * 7])
    await record(area, caller, id, calls)
    await record(area, caller, other, calls.slice(20))
    const second = createFigures({ database, clock: () => NOON + MINUTE })
    const live = await everyFigure(area.figures, caller, id)
    expect(await minutesIn(database)).toBe(0)
    await Promise.all([area.figures.rollUp(), second.rollUp()])
    expect(await minutesIn(database)).toBeGreaterThan(30)
    expect(await everyFigure(area.figures, caller, id)).toEqual(live)
    await area.figures.rollUp()
    const third = createFigures({ database, clock: () => NOON + MINUTE })
    await third.rollUp()
    for (const figures of [area.figures, second, third, createFigures({ database, clock: () => NOON + MINUTE })]) expect(await everyFigure(figures, caller, id)).toEqual(live)
  }, { clock: () => NOON + MINUTE })))

test('a run that began in a minute that is made already counts at once', () =>
  withDatabase((database) => withArea(database, async (area) => {
    const caller = await addTenant(database)
    const id = uuidv7()
    await record(area, caller, id, [[NOON - 10 * MINUTE, 'succeeded', 5]])
    await area.figures.rollUp()
    await record(area, caller, id, [[NOON - 10 * MINUTE + 1, 'failed', 599_000], [NOON - 9 * MINUTE, 'succeeded', 5]])
    expect(await area.figures.performance(caller.tenantId, id, lastHours)).toMatchObject({ calls: 3, failed: 1 })
    await area.figures.rollUp()
    expect(await createFigures({ database, clock: () => NOON }).performance(caller.tenantId, id, lastHours)).toMatchObject({ calls: 3, failed: 1 })
  }, { clock: () => NOON })))

test('a late record of a hub that was killed is counted once its minute is made for good', () =>
  withDatabase(async (database) => {
    const caller = await addTenant(database)
    const id = uuidv7()
    let now = NOON
    await withArea(database, async (survivor) => {
      await record(survivor, caller, id, [[NOON - 10 * MINUTE, 'succeeded', 5]])
      await survivor.figures.rollUp()
      // Another hub, which tells its figures, and is never heard of again.
      await withArea(database, (killed) => record(killed, caller, id, [[NOON - 10 * MINUTE + 1, 'failed', 1]]), { clock: () => now })
      now = NOON + 7 * MINUTE
      await survivor.figures.rollUp()
      expect(await survivor.figures.performance(caller.tenantId, id, lastHours)).toMatchObject({ calls: 2, failed: 1 })
      expect((await survivor.figures.settled()).getTime()).toBe(NOON - 8 * MINUTE)
    }, { clock: () => now })
  }))

test('a hub that starts after a long rest makes the last minutes before it and goes past the rest', () =>
  withDatabase(async (database) => {
    const caller = await addTenant(database)
    const id = uuidv7()
    await withArea(database, (area) => record(area, caller, id, [[NOON - 50 * MINUTE, 'succeeded', 5], [NOON - 100 * MINUTE, 'failed', 5]]), { clock: () => NOON - 50 * MINUTE })
    let statements = 0
    const system: Database['system'] = {
      query: database.system.query,
      transaction: (work) => {
        statements += 1
        return database.system.transaction(work)
      },
    }
    const figures = createFigures({ database: { ...database, system }, clock: () => NOON + 30 * 24 * HOUR })
    await figures.rollUp()
    expect(statements).toBeLessThan(20)
    expect(await minutesIn(database)).toBe(1)
    expect((await figures.performance(caller.tenantId, id, lastHours)).succeeded).toBe(1)
  }))

test('a rollup that fails is made up for by the next one', () =>
  withDatabase(async (database) => {
    const caller = await addTenant(database)
    const id = uuidv7()
    let broken = false
    const system: Database['system'] = { query: database.system.query, transaction: (work) => (broken ? Promise.reject(new Error('gone')) : database.system.transaction(work)) }
    await withArea({ ...database, system }, async (area) => {
      await record(area, caller, id, [[NOON - 10 * MINUTE, 'succeeded', 5]])
      await area.figures.rollUp()
      await record(area, caller, id, [[NOON - 10 * MINUTE, 'succeeded', 5], [NOON - 2 * MINUTE, 'succeeded', 5]])
      broken = true
      await expect(area.figures.rollUp()).rejects.toThrow('gone')
      broken = false
      await area.figures.rollUp()
      expect((await area.figures.performance(caller.tenantId, id, lastHours)).calls).toBe(3)
    }, { clock: () => NOON })
  }))

test('storage is what records and large values of an integration take', () =>
  withDatabase((database) => withArea(database, async ({ executions, figures, blobs }) => {
    const caller = await addTenant(database)
    const [small, large] = [await addIntegration(database, caller), await addIntegration(database, caller)]
    await executions.record(sample(caller, { at: NOON - 30 * MINUTE, integrationId: small }))
    await executions.record(sample(caller, { at: NOON - MINUTE, integrationId: large, data: 'x'.repeat(100_000) }))
    await blobs.write(caller.tenantId, Buffer.alloc(500), { contentType: 'image/png' })
    const { rows } = await database.system.query('select integration_id, size_bytes from executions')
    const recordBytes = (id: string): number => rows.find((row) => row['integration_id'] === id)!['size_bytes'] as number
    for (let round = 0; round < 2; round += 1) {
      expect(await figures.storageByIntegration(caller.tenantId)).toEqual([
        { integrationId: large, recordBytes: recordBytes(large), blobBytes: 100_002 }, { integrationId: small, recordBytes: recordBytes(small), blobBytes: 0 },
      ])
      expect(await figures.storage(caller.tenantId, large)).toBe(recordBytes(large) + 100_002)
      await figures.rollUp()
    }
    expect(await figures.storage(caller.tenantId, 'not an id')).toBe(0)
  }, { clock: () => NOON + 5 * MINUTE })))

test('percentiles lie within the class of the true one', () => {
  const latencies = Array.from({ length: 5000 }, (_, index) => (index * 7919 % 5000) ** 2 / 2000)
  const counts = Array.from({ length: latencyBounds.length + 1 }, () => 0)
  const classOf = (ms: number): number => (latencyBounds.findIndex((bound) => ms < bound) + latencyBounds.length + 1) % (latencyBounds.length + 1)
  for (const ms of latencies) counts[classOf(ms)]! += 1
  const sorted = latencies.toSorted((a, b) => a - b)
  for (const share of [0.01, 0.5, 0.9, 0.95, 0.99]) {
    const truth = sorted[Math.ceil(share * sorted.length) - 1]!
    const upper = latencyBounds[classOf(truth)]!
    expect(percentile(counts, share)).toBeGreaterThanOrEqual(latencyBounds[classOf(truth) - 1] ?? 0)
    expect(percentile(counts, share)).toBeLessThanOrEqual(upper)
  }
})

test('Postgres counts a latency in the class that the bounds say', () =>
  withDatabase((database) => withArea(database, async (area) => {
    const caller = await addTenant(database)
    const latencies = [0, 0.5, 1, 2, 2.5, 9, 10, 299_999, 300_000, 900_000]
    await record(area, caller, uuidv7(), latencies.map((latency, index) => [NOON - 5 * MINUTE + index, 'succeeded', latency]))
    await area.figures.rollUp()
    const { rows: [row] } = await database.system.query('select latency_counts as counts from integration_minutes')
    const expected = Array.from({ length: latencyBounds.length + 1 }, () => 0)
    for (const ms of latencies) expected[latencyBounds.filter((bound) => ms >= bound).length]! += 1
    expect(row!['counts']).toEqual(expected)
  }, { clock: () => NOON })))
