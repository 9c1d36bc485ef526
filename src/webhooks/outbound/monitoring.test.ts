import { uuidv7 } from 'uuidv7'
import { expect, test } from 'vitest'
import { withDatabase } from '../../../test/postgres.ts'
import type { Database } from '../../db/database.ts'
import { createWebhookFigures, type Sample } from './monitoring.ts'
import { defaults } from './settings.ts'
import { deleteWebhook, insertWebhook } from './webhooks-store.ts'

const NOW = Date.UTC(2026, 4, 10, 12, 0, 30)
const HOUR = 3_600_000

async function addWebhook(database: Database): Promise<{ tenantId: string, webhookId: string }> {
  const [tenantId, webhookId] = [uuidv7(), uuidv7()]
  await database.system.query('insert into tenants (id, slug, name) values ($1, $2, $2)', [tenantId, `t-${tenantId}`])
  await insertWebhook(database.tenant(tenantId), tenantId, {
    id: webhookId, name: 'n', description: '', url: 'https://example.com', status: 'active', metadata: {},
    events: { ...defaults.events, subscribedEvents: ['*'] }, security: { ...defaults.security, secret: '…' }, delivery: defaults.delivery,
  })
  return { tenantId, webhookId }
}

type Place = Pick<Sample, 'tenantId' | 'webhookId'>
const good = (of: Place, ago: number, latencyMs = 10): Sample => ({ ...of, at: new Date(NOW - ago), latencyMs, attempts: 1, failedAttempts: 0, delivered: 1, failed: 0 })
const retried = (of: Place, ago: number): Sample => ({ ...good(of, ago), failedAttempts: 1, delivered: 0 })
const lost = (of: Place, ago: number): Sample => ({ ...retried(of, ago), failed: 1 })

test('before the first delivery the rate is 100, and nothing else is known', () => withDatabase(async (database) => {
  const of = await addWebhook(database)
  const figures = createWebhookFigures({ database, clock: () => NOW })
  expect((await figures.monitoring(of.tenantId, [of.webhookId])).get(of.webhookId)).toEqual({
    deliveryRate: 100, averageLatency: null, errorRate: 0, delivered: 0, failed: 0, attempts: 0, failedAttempts: 0, lastDelivery: null,
  })
}))

test('what was recorded is read at once, over several minutes and processes', () => withDatabase(async (database) => {
  const of = await addWebhook(database)
  const [one, other] = [createWebhookFigures({ database, clock: () => NOW }), createWebhookFigures({ database, clock: () => NOW })]
  one.record(good(of, 0, 10))
  one.record(good(of, 2 * HOUR, 20))
  other.record(retried(of, HOUR))
  other.record(lost(of, 0))
  await other.flush()
  expect((await one.monitoring(of.tenantId, [of.webhookId])).get(of.webhookId)).toEqual({
    delivered: 2, failed: 1, attempts: 4, failedAttempts: 2, deliveryRate: 100 * 2 / 3, averageLatency: 12.5, errorRate: 50, lastDelivery: new Date(NOW),
  })
}))

test('rates are of the last 24 hours, the last delivery of all times', () => withDatabase(async (database) => {
  const of = await addWebhook(database)
  const figures = createWebhookFigures({ database, clock: () => NOW })
  figures.record(good(of, 48 * HOUR))
  figures.record(lost(of, HOUR))
  expect((await figures.monitoring(of.tenantId, [of.webhookId])).get(of.webhookId)).toMatchObject({ deliveryRate: 0, delivered: 0, lastDelivery: new Date(NOW - 48 * HOUR) })
}))

test('a course over time has a point for each step with deliveries', () => withDatabase(async (database) => {
  const of = await addWebhook(database)
  const figures = createWebhookFigures({ database, clock: () => NOW })
  for (const ago of [0, HOUR, HOUR, 30 * HOUR]) figures.record(good(of, ago))
  const { series, delivered } = await figures.performance(of.tenantId, of.webhookId, { from: new Date(NOW - 24 * HOUR), to: new Date(NOW), step: 'hour' })
  expect(delivered).toBe(3)
  expect(series.map(({ at, delivered }) => [at.toISOString(), delivered])).toEqual([['2026-05-10T11:00:00.000Z', 2], ['2026-05-10T12:00:00.000Z', 1]])
}))

test('a database that is away loses nothing, and a deleted endpoint holds nobody up', () => withDatabase(async (database) => {
  const [kept, gone] = [await addWebhook(database), await addWebhook(database)]
  let away = true
  const system: Database['system'] = { ...database.system, query: (text, values) => (away ? Promise.reject(new Error('away')) : database.system.query(text, values)) }
  const figures = createWebhookFigures({ database: { ...database, system }, clock: () => NOW })
  figures.record(good(kept, 0))
  await expect(figures.flush()).rejects.toThrow('away')
  figures.record(good(kept, 0))
  figures.record(good(gone, 0))
  await deleteWebhook(database.tenant(gone.tenantId), gone.tenantId, gone.webhookId)
  away = false
  await figures.flush()
  expect((await figures.monitoring(kept.tenantId, [kept.webhookId])).get(kept.webhookId)).toMatchObject({ delivered: 2 })
}))

test('processes that write the same endpoints at the same time do not stop each other', () => withDatabase(async (database) => {
  const all = await Promise.all(Array.from({ length: 20 }, () => addWebhook(database)))
  const processes = Array.from({ length: 4 }, () => createWebhookFigures({ database, clock: () => NOW }))
  for (let round = 0; round < 5; round += 1) {
    await Promise.all(processes.map((figures, at) => {
      for (const of of at % 2 === 0 ? all : [...all].reverse()) figures.record(good(of, 0))
      return figures.flush()
    }))
  }
  for (const { tenantId, webhookId } of all) expect((await processes[0]!.monitoring(tenantId, [webhookId])).get(webhookId)).toMatchObject({ delivered: 20 })
}))

test('what is older than 90 days goes', () => withDatabase(async (database) => {
  const of = await addWebhook(database)
  const figures = createWebhookFigures({ database, clock: () => NOW })
  figures.record(good(of, 91 * 24 * HOUR))
  figures.record(good(of, 89 * 24 * HOUR))
  await figures.flush()
  await figures.expire()
  expect((await database.system.query('select 1 from webhook_minutes')).rows.length).toBe(1)
}))

test("figures of another tenant's endpoint are not shown", () => withDatabase(async (database) => {
  const [mine, theirs] = [await addWebhook(database), await addWebhook(database)]
  const figures = createWebhookFigures({ database, clock: () => NOW })
  figures.record(good(theirs, 0))
  expect((await figures.monitoring(mine.tenantId, [theirs.webhookId])).get(theirs.webhookId)).toMatchObject({ delivered: 0, lastDelivery: null })
}))
