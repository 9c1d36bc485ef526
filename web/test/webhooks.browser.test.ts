/** Webhooks both ways: a source made and sent to, an endpoint made, its failed delivery understood, repaired and sent again. */
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { json, startUpstream, type Upstream } from '../../test/upstream.ts'
import { test, useDashboard } from './browser.ts'

const dashboard = useDashboard()
let receiver: Upstream
beforeAll(async () => { receiver = await startUpstream() })
afterAll(() => receiver.close())

const hooks = (): string[] => receiver.asked.filter(({ method }) => method === 'POST').map(({ body }) => body)

async function makeEndpoint(name: string, body: object = {}): Promise<string> {
  const { status, body: made } = await dashboard.hub.call('POST', '/api/v1/webhooks', { name, url: `${receiver.url}/${name.length}`, events: [`${name}.*`], ...body })
  expect(status, JSON.stringify(made)).toBe(201)
  return made.id as string
}

async function send(type: string, data: object = {}): Promise<string> {
  return (await dashboard.hub.call('POST', '/api/v1/events', { specversion: '1.0', id: `${type}-${Date.now()}`, source: 'test', type, data })).body.ids[0] as string
}

test('from nothing to a repaired delivery: a source, a signed webhook, its event, an endpoint, a failure, a resend', async () => {
  let status = 500
  receiver.answer((_request, response) => { json(response, status, { message: status === 500 ? 'the till is broken' : 'thanks' }) })
  const { page, visit, complaints } = await dashboard.visitor()
  // A source, by its wizard.
  await visit('webhooks', 'Integration Hub')
  await page.getByText('No endpoint yet').waitFor()
  await page.getByRole('link', { name: 'Create webhook' }).first().click()
  await page.getByText('Receive from a service').click()
  await page.getByRole('link', { name: /^GitHub/ }).click()
  await page.getByRole('button', { name: 'Make a secret' }).click()
  await page.getByRole('button', { name: 'Create source' }).click()
  await page.getByText('GitHub is ready').waitFor()
  const url = (await page.getByLabel('URL for the sender').textContent())!
  const secret = (await page.getByLabel('Secret', { exact: true }).textContent())!
  await page.getByText('Settings → Webhooks → Add webhook').waitFor()
  // An endpoint for its events.
  await visit('webhooks/new', 'Create webhook')
  await page.getByLabel('Name', { exact: true }).fill('Till')
  await page.getByLabel('URL', { exact: true }).fill(`${receiver.url}/till`)
  await page.getByLabel('Event types').first().fill('push')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /^Delivery policy/ }).click()
  await page.getByLabel('Max retries').fill('0')
  await page.getByRole('button', { name: 'Create endpoint' }).click()
  await page.getByText('The secret, shown this once').waitFor()
  expect(await page.getByLabel('Secret', { exact: true }).textContent()).toMatch(/^whsec_/)
  await page.getByRole('link', { name: 'Open the endpoint' }).click()
  await page.getByRole('heading', { level: 1, name: 'Till' }).waitFor()
  const endpoint = page.url()
  // A webhook signed as GitHub signs, and one that is not.
  const body = JSON.stringify({ ref: 'refs/heads/needle', total: 7 })
  const post = (signature: string): Promise<Response> => fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', 'x-github-event': 'push', 'x-github-delivery': '4711', 'x-hub-signature-256': signature } })
  expect((await post(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)).status).toBe(202)
  expect((await post(`sha256=${'0'.repeat(64)}`)).status).toBe(401)
  await visit('webhooks?part=events&q=needle', 'Integration Hub')
  await page.getByRole('link', { name: /^push/ }).click()
  await page.getByRole('heading', { level: 1, name: 'push' }).waitFor()
  await page.getByText('refs/heads/needle').waitFor()
  await page.getByRole('link', { name: 'GitHub' }).waitFor()
  // Its delivery failed: why, attempt by attempt.
  await page.getByRole('table').getByRole('link', { name: /^push/ }).click()
  await page.getByRole('heading', { name: 'Attempt 1' }).waitFor()
  await page.getByText('the till is broken').waitFor()
  await page.getByText('Why it was given up').waitFor()
  // Repaired, and sent again.
  status = 200
  await page.getByRole('button', { name: 'Send again' }).click()
  await page.getByRole('heading', { name: 'Attempt 2' }).waitFor()
  await page.getByText('Delivered', { exact: true }).waitFor()
  expect(hooks().filter((each) => each.includes('refs/heads/needle')).length).toBe(2)
  await page.getByRole('link', { name: 'Till' }).click()
  expect(page.url()).toBe(endpoint)
  // What was refused is in the inspector, with the reason.
  await visit('webhooks?part=sources', 'Integration Hub')
  await page.getByRole('link', { name: /GitHub/ }).first().click()
  await page.getByRole('link', { name: 'Inspector' }).click()
  await page.getByRole('row', { name: /401/ }).getByRole('link').click()
  await page.getByRole('dialog').getByText('refs/heads/needle').waitFor()
  expect(complaints).toEqual([])
})

test('an endpoint is tested, paused, changed and given another secret', async () => {
  receiver.answer((_request, response) => { json(response, 200, { heard: true }) })
  const id = await makeEndpoint('changing')
  const { page, visit, complaints } = await dashboard.visitor()
  await visit(`webhooks/endpoints/${id}`, 'changing')
  await page.getByRole('button', { name: 'Test' }).click()
  await page.getByRole('button', { name: 'Send the test event' }).click()
  await page.getByRole('dialog').getByText('{"heard":true}').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('Events are collected').waitFor()
  await page.getByRole('button', { name: 'Activate' }).click()
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByLabel('Name', { exact: true }).fill('changed')
  await page.getByRole('button', { name: /^Filters and transformations/ }).click()
  await page.getByRole('button', { name: 'Add a transformation' }).click()
  await page.getByLabel('Transformations, number 1').fill('{ sum: .data.amount }')
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.getByText('It would be sent').waitFor()
  await page.getByRole('status', { name: 'What would be sent' }).getByText('120').waitFor()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { level: 1, name: 'changed' }).waitFor()
  expect((await dashboard.hub.call('GET', `/api/v1/webhooks/${id}`)).body).toMatchObject({ name: 'changed', events: { subscribedEvents: ['changing.*'], eventTransformations: ['{ sum: .data.amount }'] }, security: { secret: 'whsec_…' } })
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Rotate the secret' }).click()
  await page.getByRole('button', { name: 'Rotate the secret' }).click()
  await page.getByText('The secret, shown this once').waitFor()
  expect(await page.getByLabel('Secret', { exact: true }).textContent()).toMatch(/^whsec_/)
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.getByText('Old secret holds until').waitFor()
  expect(complaints).toEqual([])
})

test('a change that somebody else was faster with is told, not overwritten', async () => {
  const id = await makeEndpoint('contested')
  const { page, visit } = await dashboard.visitor()
  await visit(`webhooks/endpoints/${id}?part=settings`, 'contested')
  await page.getByLabel('Name', { exact: true }).fill('mine')
  await dashboard.hub.call('PATCH', `/api/v1/webhooks/${id}`, { name: 'theirs' })
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Load what is stored' }).click()
  await page.getByLabel('Name', { exact: true }).and(page.locator('[value="theirs"]')).waitFor()
  expect((await dashboard.hub.call('GET', `/api/v1/webhooks/${id}`)).body.name).toBe('theirs')
})

test('the past is replayed once it was counted, and dead letters are redriven', async () => {
  let status = 500
  receiver.answer((_request, response) => { json(response, status, {}) })
  const id = await makeEndpoint('replayed', { retryPolicy: { maxRetries: 0 } })
  for (const amount of [5, 50]) await send('replayed.now', { amount })
  await vi.waitFor(async () => { expect((await dashboard.hub.call('GET', `/api/v1/deliveries?webhookId=${id}&status=failed`)).body.data.length).toBe(2) }, { timeout: 20_000, interval: 100 })
  status = 200
  const { page, visit } = await dashboard.visitor()
  await visit(`webhooks/endpoints/${id}?part=deliveries&status=failed`, 'replayed')
  await page.getByRole('row', { name: /replayed.now/ }).nth(1).waitFor()
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Replay events' }).click()
  await page.getByLabel('Filter').fill('.data.amount > 10')
  await page.getByRole('button', { name: 'Count', exact: true }).click()
  await page.getByText('1 event would be sent.').waitFor()
  const before = hooks().length
  await page.getByRole('button', { name: 'Send 1' }).click()
  await vi.waitFor(() => { expect(hooks().length).toBe(before + 1) }, { timeout: 20_000, interval: 50 })
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Redrive dead letters' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Redrive dead letters' }).click()
  await page.getByText('2 deliveries are back in the queue.').waitFor()
  await vi.waitFor(() => { expect(hooks().length).toBe(before + 3) }, { timeout: 20_000, interval: 50 })
})

test('events show as they are stored, and lists keep their filters in the URL', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('webhooks?part=live', 'Integration Hub')
  await page.getByText('Listening').waitFor()
  const id = await send('tailed.once', { text: '<script>globalThis.ran=1</script>' })
  await page.getByText('tailed.once').first().waitFor({ timeout: 10_000 })
  await page.getByText('tailed.once').first().click()
  await page.getByText('<script>globalThis.ran=1</script>').waitFor()
  await page.getByRole('link', { name: 'Open the event' }).click()
  await page.getByRole('heading', { level: 1, name: 'tailed.once' }).waitFor()
  await page.getByText(id, { exact: true }).first().waitFor()
  await visit('webhooks?part=events', 'Integration Hub')
  await page.getByLabel('jq filter').fill('.type == "tailed.once"')
  await page.waitForURL(/filter=/)
  await page.getByRole('link', { name: /tailed.once/ }).waitFor()
  await page.getByLabel('Search in events').fill('nothing of the kind')
  await page.getByText('Nothing fits these filters').waitFor()
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.waitForURL((url) => !url.search.includes('filter'))
  expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false)
})

test('a viewer sees everything, and no button that would be refused', async () => {
  const { body: { key } } = await dashboard.hub.call('POST', '/api/v1/keys', { name: 'viewer', role: 'viewer' })
  const id = await makeEndpoint('watched')
  const { page, visit } = await dashboard.visitor({ key })
  await visit('webhooks', 'Integration Hub')
  await page.getByText('watched').first().waitFor()
  expect(await page.getByRole('button', { name: 'Test' }).count() + await page.getByRole('link', { name: 'Create webhook' }).count()).toBe(0)
  await visit(`webhooks/endpoints/${id}?part=settings`, 'watched')
  await page.getByLabel('Name', { exact: true }).and(page.locator(':disabled')).waitFor()
  expect(await page.getByRole('button', { name: /^(Save|Pause|Test|More)$/ }).count()).toBe(0)
})
