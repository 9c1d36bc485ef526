/** Health, errors, alerts and what is used up, on a hub with something wrong; and every screen of webhooks and monitoring, in both themes and on a telephone. */
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { addConnector, addIntegration } from '../../test/service.ts'
import { json, startUpstream, type Upstream } from '../../test/upstream.ts'
import { connectShop, test, useDashboard } from './browser.ts'

const dashboard = useDashboard()
const hostile = '<img src=x onerror="globalThis.ran=1">'
const ids = { good: '', bad: '', endpoint: '', source: '', event: '', delivery: '', request: '' }
let service: Upstream
let isUp = true
beforeAll(async () => {
  service = await startUpstream()
  service.answer((_request, response) => { json(response, isUp ? 200 : 503, { message: isUp ? 'well' : 'down for the night' }) })
})
afterAll(() => service.close())

dashboard.prepare(async () => {
  const { call } = dashboard.hub
  ids.good = await connectShop(dashboard)
  const monitoring = { healthChecks: [{ name: 'up', endpoint: '/items/1' }], alerts: [{ name: 'down', metric: 'health', operator: 'below', threshold: 1 }] }
  ids.bad = await addIntegration(call, { name: hostile, connector: await addConnector(call, service.url), monitoring, usage: { usageQuota: { limit: 3, period: 'day' } } })
  for (const item of ['1', '2']) await call('POST', `/api/v1/integrations/${ids.bad}/run`, { operation: 'getItem', input: { id: item } })
  await call('POST', `/api/v1/integrations/${ids.good}/run`, { operation: 'getBook', input: { id: 404 } })
  ids.endpoint = (await call('POST', '/api/v1/webhooks', { name: hostile, url: `${service.url}/hook`, events: ['order.*'], filters: ['.data.amount > 1'], retryPolicy: { maxRetries: 0 } })).body.id
  const { body: source } = await call('POST', '/api/v1/webhook-sources', { name: 'Sender', inspect: true, verification: { scheme: 'bearer', secret: 'a-token-of-some-length' } })
  ids.source = source.id
  for (const token of ['a-token-of-some-length', 'wrong']) await fetch(source.url, { method: 'POST', body: JSON.stringify({ type: 'order.paid', amount: 7 }), headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` } })
  await call('POST', '/api/v1/events', { specversion: '1.0', id: 'o1', source: 'test', type: 'order.paid', subject: 'order/1', data: { amount: 7 } })
  await vi.waitFor(async () => {
    ids.delivery = (await call('GET', '/api/v1/deliveries?status=delivered')).body.data[0].id
    ids.event = (await call('GET', '/api/v1/events?source=test')).body.data[0].messageId
    ids.request = (await call('GET', `/api/v1/webhook-sources/${ids.source}/requests`)).body.data[0].id
  }, { timeout: 20_000, interval: 100 })
})

test('health checks of all integrations are run by one button; what fails stands first, with its alert', async () => {
  isUp = false
  const { page, visit, complaints } = await dashboard.visitor()
  await visit('monitoring', 'Integration Hub')
  await page.getByRole('button', { name: 'Run health checks' }).click()
  await page.getByText('2 checked, 1 failing.').waitFor()
  await page.getByText('1 of 2 healthy · 1 failing').waitFor()
  await page.getByRole('row').nth(1).getByText(hostile).waitFor()
  await page.getByRole('link', { name: 'Alerts' }).click()
  await page.getByRole('table', { name: 'Firings' }).getByText('Firing', { exact: true }).waitFor()
  await page.getByRole('table', { name: 'Rules' }).getByText('below').waitFor()
  isUp = true
  await page.getByRole('link', { name: 'Health', exact: true }).click()
  await page.getByRole('button', { name: 'Run health checks' }).click()
  await page.getByText('2 checked, all healthy.').waitFor()
  await page.getByRole('link', { name: 'Alerts' }).click()
  await page.getByRole('table', { name: 'Firings' }).getByText('Resolved', { exact: true }).waitFor()
  expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false)
  expect(complaints).toEqual([])
})

test('errors are grouped, and lead to the last of them and to all', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('monitoring?part=errors', 'Integration Hub')
  await page.getByRole('link', { name: 'All of them: upstream_rejected in getBook' }).click()
  await page.getByRole('heading', { level: 1, name: 'Executions' }).waitFor()
  await page.getByRole('link', { name: /getBook/ }).waitFor()
  await page.goBack()
  await page.getByRole('link', { name: /^upstream_rejected/ }).click()
  await page.getByText('Why it failed').waitFor()
})

test('percentiles over time are a picture and a table; limits, storage and queues are told', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit(`monitoring?part=performance&integration=${ids.bad}`, 'Integration Hub')
  await page.getByRole('img', { name: 'Latency percentiles over time' }).waitFor()
  await page.getByRole('region', { name: 'Latency percentiles over time' }).getByText('View as table').click()
  await page.getByRole('columnheader', { name: 'p99' }).waitFor()
  await visit('monitoring?part=capacity', 'Integration Hub')
  await page.getByRole('row', { name: new RegExp('2 of 3') }).waitFor()
  await page.getByRole('table', { name: 'Storage used' }).getByText('Bookshop').waitFor()
  await page.getByText('All queues are empty').waitFor()
})

/** All screens are looked at one after the other, in four looks each. */
const WALK_MS = 300_000

/** [path, its title, what shows that it is all there] */
const screens: [path: () => string, title: string, shown: string][] = [
  [() => 'webhooks', 'Integration Hub', '/hook'], [() => 'webhooks?part=sources', 'Integration Hub', 'Sender'], [() => 'webhooks?part=events', 'Integration Hub', 'order.paid'], [() => 'webhooks?part=deliveries', 'Integration Hub', 'Delivered'],
  [() => 'webhooks?part=live', 'Integration Hub', 'Listening'], [() => 'webhooks?test=yes', 'Integration Hub', 'Send the test event'], [() => 'webhooks/new', 'Create webhook', 'Delivery policy'],
  [() => 'webhooks/new?kind=source', 'Create webhook', 'Who sends?'], [() => 'webhooks/new?kind=source&scheme=hmac', 'Create webhook', 'What is signed'],
  [() => `webhooks/endpoints/${ids.endpoint}`, hostile, 'Repeats'], [() => `webhooks/endpoints/${ids.endpoint}?part=deliveries`, hostile, 'order.paid'], [() => `webhooks/endpoints/${ids.endpoint}?part=settings`, hostile, 'Delivery policy'],
  [() => `webhooks/sources/${ids.source}`, 'Sender', 'Deduplication'], [() => `webhooks/sources/${ids.source}?part=requests`, 'Sender', '401'], [() => `webhooks/sources/${ids.source}?part=requests&request=${ids.request}`, 'Sender', 'Headers'], [() => `webhooks/sources/${ids.source}?part=settings`, 'Sender', 'Further settings'],
  [() => 'webhooks?part=types&q=charge.', 'Integration Hub', 'charge.succeeded'], [() => 'webhooks/types/charge.succeeded', 'charge.succeeded', 'Who gets them'],
  [() => `events/${ids.event}`, 'order.paid', 'order/1'], [() => `deliveries/${ids.delivery}`, 'order.paid', 'Attempt 1'],
  [() => 'monitoring', 'Integration Hub', 'Bookshop'], [() => 'monitoring?part=performance', 'Integration Hub', 'Success rate over time'], [() => 'monitoring?part=errors', 'Integration Hub', 'upstream_rejected'],
  [() => 'monitoring?part=alerts', 'Integration Hub', 'Condition'], [() => 'monitoring?part=capacity', 'Integration Hub', 'All queues are empty'],
]

test('nothing of the screens of webhooks and monitoring moves while it comes, and they pass axe in both themes, at a desk and on a telephone, with nothing that their scripts complain of', async () => {
  const { page, visitSteadily, expectInEveryLook, complaints } = await dashboard.visitor({ isSlow: true })
  for (const [path, title, shown] of screens) {
    await visitSteadily(path(), title, shown)
    // What is opened by hand is looked at too.
    while (await page.locator('.mantine-Accordion-control[aria-expanded=false]').count() > 0) await page.locator('.mantine-Accordion-control[aria-expanded=false]').first().click()
    await expectInEveryLook(path())
  }
  expect(complaints).toEqual([])
}, WALK_MS)

test('a tenant with nothing is told what to do next on each of them', async () => {
  const key = await dashboard.hub.addTenant('bare')
  const { page, visit } = await dashboard.visitor({ key, tenant: 'bare' })
  for (const [path, shown] of [['webhooks', 'No endpoint yet'], ['webhooks?part=sources', 'No source yet'], ['webhooks?part=events', 'No event yet'], ['webhooks?part=deliveries', 'No delivery yet'], ['monitoring', 'Nothing to watch yet'], ['monitoring?part=errors', 'No errors'], ['monitoring?part=alerts', 'No alert has fired'], ['monitoring?part=capacity', 'Nothing is kept yet.']] as const) {
    await visit(path, 'Integration Hub')
    await page.getByText(shown).waitFor()
  }
  await page.route('**/api/v1/health-checks?*', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ status: 500, code: 'internal', title: 'x', detail: 'The hub failed.' }) }))
  await visit('monitoring', 'Integration Hub')
  await page.getByText('The hub failed.').waitFor()
  await page.getByRole('button', { name: 'Try again' }).waitFor()
})
