/** How long a tenant keeps what happened, through the API. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHub, type TestHub } from '../../../../test/hub.ts'
import { expectStatus } from '../../../../test/service.ts'

let hub: TestHub
let close: () => Promise<void>
beforeAll(async () => { ({ hub, close } = await openHub({ env: { INTERCHANGE_EVENTS_RETENTION_DAYS: '20', INTERCHANGE_EXECUTIONS_RETENTION_DAYS: '100' } })) })
afterAll(() => close())

test('without a word of the tenant, all is kept as long as the operator allows', async () => {
  expect(expectStatus(200, await hub.call('GET', '/api/v1/retention')).body).toEqual({
    events: { days: null, ceilingDays: 20, keptDays: 20, setting: 'INTERCHANGE_EVENTS_RETENTION_DAYS' }, deliveries: { days: null, ceilingDays: 20, keptDays: 20, setting: 'INTERCHANGE_EVENTS_RETENTION_DAYS' },
    runs: { days: null, ceilingDays: 30, keptDays: 30, setting: 'INTERCHANGE_RUNS_RETENTION_DAYS' }, executions: { days: null, ceilingDays: 100, keptDays: 100, setting: 'INTERCHANGE_EXECUTIONS_RETENTION_DAYS' },
  })
})

test('a tenant says fewer days of each, takes them back, and is heard in the audit log; others keep theirs', async () => {
  const other = await hub.addTenant('keeps')
  expect(expectStatus(200, await hub.call('PATCH', '/api/v1/retention', { events: 7, runs: 2 })).body).toMatchObject({ events: { days: 7, keptDays: 7 }, deliveries: { days: null }, runs: { days: 2, keptDays: 2 } })
  expect(expectStatus(200, await hub.call('PATCH', '/api/v1/retention', { events: null, deliveries: 3 })).body).toMatchObject({ events: { days: null, keptDays: 20 }, deliveries: { days: 3 }, runs: { days: 2 } })
  expect((await hub.call('GET', '/api/v1/retention', undefined, { key: other })).body).toMatchObject({ deliveries: { days: null }, runs: { days: null } })
  expect((await hub.call('GET', '/api/v1/audit?action=retention.changed')).body.data[0].detail).toEqual({ before: { events: 7, runs: 2 }, after: { deliveries: 3, runs: 2 } })
})

test('more than the operator allows, none at all, and what is no number are refused, and nothing of it is stored', async () => {
  const before = (await hub.call('GET', '/api/v1/retention')).body
  expect(expectStatus(400, await hub.call('PATCH', '/api/v1/retention', { deliveries: 2, events: 21 })).body).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/events', detail: expect.stringContaining('20 days') }] })
  for (const events of [0, -1, 1.5, '7', 5000]) expect((await hub.call('PATCH', '/api/v1/retention', { events })).status, String(events)).toBeGreaterThanOrEqual(400)
  expect((await hub.call('GET', '/api/v1/retention')).body).toEqual(before)
})

test('who may only look changes nothing', async () => {
  const { key } = expectStatus(201, await hub.call('POST', '/api/v1/keys', { name: 'looks', role: 'viewer' })).body as { key: string }
  expectStatus(200, await hub.call('GET', '/api/v1/retention', undefined, { key }))
  expectStatus(403, await hub.call('PATCH', '/api/v1/retention', { events: 1 }, { key }))
})
