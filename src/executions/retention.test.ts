import { expect, test } from 'vitest'
import { withDatabase } from '../../test/postgres.ts'
import type { Database } from '../db/database.ts'
import { ensurePartitions } from '../db/partitions.ts'
import { createRetention, type Retention, type RetentionDeps } from './retention.ts'
import { addIntegration, addTenant, sample, withArea, type Area } from './samples.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE
const now = new Date(NOW)

/** With partitions as far back as the tests go. */
function withRetention(work: (area: Area & { retention: Retention }) => Promise<void>, more: Partial<Pick<RetentionDeps, 'ceilingDays' | 'ownDays'>> = {}): Promise<void> {
  return withDatabase(async (database) => {
    for (const days of [8, 16, 24, 32, 40, 48]) await ensurePartitions(database.owner, new Date(NOW - days * DAY))
    await withArea(database, (area) => work({ ...area, retention: createRetention({ ceilingDays: 3650, ownDays: async () => [], ...area, ...more }) }), { clock: () => NOW })
  })
}

/** Ages in minutes of what is left. */
async function agesLeft(database: Database, integrationId: string): Promise<number[]> {
  const { rows } = await database.system.query<{ startedAt: Date }>('select started_at as "startedAt" from executions where integration_id = $1 order by id desc', [integrationId])
  return rows.map(({ startedAt }) => (NOW - startedAt.getTime()) / MINUTE)
}

/** Records one execution for each age, oldest first, and makes their minutes as a hub that was there would have. */
async function recordAges({ executions, database }: Area, caller: Parameters<typeof sample>[0], integrationId: string, agesMs: number[]): Promise<void> {
  for (const age of agesMs.toSorted((a, b) => b - a)) {
    await withArea(database, async (then) => {
      await executions.record(sample(caller, { at: NOW - age, integrationId }))
      await then.figures.rollUp()
    }, { clock: () => NOW - age + 20 * MINUTE })
  }
}

async function partitionDays(database: Database): Promise<string[]> {
  const { rows } = await database.system.query<{ name: string }>("select inhrelid::regclass::text as name from pg_inherits where inhparent = 'executions'::regclass order by 1")
  return rows.map(({ name }) => name.slice('executions_'.length))
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10).replaceAll('-', '')

test("each integration's records go after its own retention, to the minute, and no others", () =>
  withRetention(async (area) => {
    const { database, retention } = area
    const caller = await addTenant(database)
    const [week, two, standard, deleted] = [
      await addIntegration(database, caller, { retentionPeriod: 7 }), await addIntegration(database, caller, { retentionPeriod: 2 }), await addIntegration(database, caller),
      await addIntegration(database, caller, { retentionPeriod: 1 }),
    ]
    const ages = [HOUR, 2 * DAY - MINUTE, 2 * DAY + MINUTE, 7 * DAY - MINUTE, 7 * DAY + MINUTE, 30 * DAY - MINUTE, 30 * DAY + MINUTE]
    for (const id of [week, two, standard, deleted]) await recordAges(area, caller, id, ages)
    await database.system.query('delete from integrations where id = $1', [deleted])
    const { executions } = await retention.apply(now)
    expect(await agesLeft(database, week)).toEqual(ages.slice(0, 4).map((age) => age / MINUTE))
    expect(await agesLeft(database, two)).toEqual(ages.slice(0, 2).map((age) => age / MINUTE))
    expect(await agesLeft(database, standard)).toEqual(ages.slice(0, 6).map((age) => age / MINUTE))
    expect(await agesLeft(database, deleted)).toEqual(ages.slice(0, 6).map((age) => age / MINUTE))
    expect(executions).toBeGreaterThan(0)
    expect(await retention.apply(now)).toMatchObject({ executions: 0, blobs: 0, days: [] })
  }))

test('whole days that nobody keeps are dropped, and none that somebody does', () =>
  withRetention(async ({ database, retention }) => {
    const caller = await addTenant(database)
    await addIntegration(database, caller, { retentionPeriod: 3 })
    const before = await partitionDays(database)
    expect(before[0]).toBe(dayOf(NOW - 49 * DAY))
    const { days } = await retention.apply(now)
    expect(days.map((day) => dayOf(day.getTime()))).toEqual(before.filter((day) => day < dayOf(NOW - 30 * DAY)))
    expect((await partitionDays(database))[0]).toBe(dayOf(NOW - 30 * DAY))
  }))

test('one integration with a long retention keeps every day that its records are in', () =>
  withRetention(async (area) => {
    const { database, retention } = area
    const [caller, other] = [await addTenant(database), await addTenant(database)]
    const [long, short] = [await addIntegration(database, caller, { retentionPeriod: 45 }), await addIntegration(database, other, { retentionPeriod: 5 })]
    for (const id of [long, short]) await recordAges(area, id === long ? caller : other, id, [40 * DAY, DAY])
    const { days } = await retention.apply(now)
    expect(days.every((day) => day.getTime() < NOW - 45 * DAY)).toBe(true)
    expect(await agesLeft(database, long)).toEqual([DAY / MINUTE, 40 * DAY / MINUTE])
    expect(await agesLeft(database, short)).toEqual([DAY / MINUTE])
  }))

test('counts of calls outlive their records, and the storage is that of what is left', () =>
  withRetention(async (area) => {
    const { database, figures, retention } = area
    const caller = await addTenant(database)
    const id = await addIntegration(database, caller, { retentionPeriod: 3 })
    await recordAges(area, caller, id, [40 * DAY, 10 * DAY, 4 * DAY, DAY])
    const range = { from: new Date(NOW - 60 * DAY), to: now }
    const before = await figures.performance(caller.tenantId, id, range)
    expect(before.calls).toBe(4)
    const perRecord = await figures.storage(caller.tenantId, id) / 4
    await retention.apply(now)
    expect(await figures.performance(caller.tenantId, id, range)).toEqual(before)
    expect(await figures.storage(caller.tenantId, id)).toBeCloseTo(perRecord, 0)
    const { rows: [left] } = await database.system.query('select sum(size_bytes)::int as bytes from executions')
    expect(await figures.storage(caller.tenantId, id)).toBe(left!['bytes'])
  }))

test('large values go with their integration and after their records; those of no integration stay', () =>
  withRetention(async ({ database, blobs, retention }) => {
    const caller = await addTenant(database)
    const [week, standard, long] = [await addIntegration(database, caller, { retentionPeriod: 7 }), await addIntegration(database, caller), await addIntegration(database, caller, { retentionPeriod: 90 })]
    const write = async (integrationId: string | undefined, ageMs: number): Promise<string> => {
      const { $blob } = await blobs.write(caller.tenantId, Buffer.from('x'), { contentType: 'text/plain', integrationId })
      await database.system.query('update blobs set created_at = $2 where id = $1', [$blob.id, new Date(NOW - ageMs)])
      return $blob.id
    }
    const gone = [await write(week, 7 * DAY + 2 * HOUR), await write(standard, 31 * DAY)]
    const kept = [await write(week, 7 * DAY + MINUTE), await write(standard, 20 * DAY), await write(long, 80 * DAY), await write(undefined, 300 * DAY)]
    expect(await retention.apply(now)).toMatchObject({ blobs: 2 })
    for (const id of gone) await expect(blobs.read(caller.tenantId, id)).rejects.toMatchObject({ code: 'not_found' })
    for (const id of kept) (await blobs.read(caller.tenantId, id)).stream.destroy()
  }))

test('a retention of no days at all still leaves an hour, so that every record is counted before it goes', () =>
  withRetention(async (area) => {
    const { database, figures, retention } = area
    const caller = await addTenant(database)
    const id = await addIntegration(database, caller, { retentionPeriod: 0 })
    await recordAges(area, caller, id, [2 * HOUR, 61 * MINUTE, 59 * MINUTE, MINUTE])
    await retention.apply(now)
    expect(await agesLeft(database, id)).toEqual([1, 59])
    expect((await figures.performance(caller.tenantId, id, { from: new Date(NOW - DAY), to: now })).calls).toBe(4)
  }))

test('no record outlives what its tenant or the operator says, whatever its integration says', () => {
  const own: { tenantId: string, days: { executions?: number } }[] = []
  return withRetention(async (area) => {
    const { database, retention } = area
    const [short, other] = [await addTenant(database), await addTenant(database)]
    const [few, many] = [await addIntegration(database, short, { retentionPeriod: 90 }), await addIntegration(database, other, { retentionPeriod: 90 })]
    const ages = [DAY, 4 * DAY, 30 * DAY]
    for (const [caller, id] of [[short, few], [other, many]] as const) await recordAges(area, caller, id, ages)
    own.push({ tenantId: short.tenantId, days: { executions: 3 } })
    await retention.apply(now)
    expect(await agesLeft(database, few)).toEqual([DAY / MINUTE])
    expect(await agesLeft(database, many)).toEqual([DAY / MINUTE, 4 * DAY / MINUTE])
  }, { ceilingDays: 20, ownDays: async () => own })
})

test('a retention that is no number counts as none given', () =>
  withRetention(async (area) => {
    const { database, retention } = area
    const caller = await addTenant(database)
    const id = await addIntegration(database, caller, { retentionPeriod: 'forever' })
    await recordAges(area, caller, id, [40 * DAY, 20 * DAY])
    await retention.apply(now)
    expect(await agesLeft(database, id)).toEqual([20 * DAY / MINUTE])
  }))

test('more records than one slice takes are deleted to the last', () =>
  withRetention(async ({ database, retention, figures }) => {
    const caller = await addTenant(database)
    const id = await addIntegration(database, caller, { retentionPeriod: 1 })
    const start = NOW - 2 * DAY
    await database.system.query(
      `insert into executions (tenant_id, id, integration_id, operation, status, started_at, latency_ms, size_bytes, record)
       select $1, (lpad(to_hex($3::bigint + i * 20), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid, $2, 'o', 'succeeded', now(), 1, 2, '{}'
       from generate_series(1, 45000) i`,
      [caller.tenantId, id, start])
    await figures.rollUp()
    expect((await retention.apply(now)).executions).toBe(45_000)
  }))
