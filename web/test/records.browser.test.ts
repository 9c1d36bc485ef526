/** What led to what, at addresses of its own: from any record to the others, sent again with edits, shared, found by its id. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, expect, vi } from 'vitest'
import { json, startUpstream, type Upstream } from '../../test/upstream.ts'
import { addConnector, addIntegration, expectStatus } from '../../test/service.ts'
import { test, useDashboard } from './browser.ts'

const dashboard = useDashboard()
const ids = { event: '', run: '', execution: '', delivery: '', exact: '' }
/** As no reader of JSON would write it again. */
const exactData = '{ "big": 12345678901234567890, "price":1.50, "name":"it\'s \\u00e9" }'
let upstream: Upstream | undefined
afterAll(() => upstream?.close())

dashboard.prepare(async () => {
  const service = upstream = await startUpstream()
  service.answer((_request, response) => { json(response, 200, { ok: true }) })
  const { call } = dashboard.hub
  await addIntegration(call, { name: 'Shop', connector: await addConnector(call, service.url) })
  expectStatus(201, await call('POST', '/api/v1/flows', {
    document: { dsl: '1.0.3', namespace: 'default', name: 'passes-on', version: '1.0.0' }, schedule: { on: { one: { with: { type: 'order.paid' } } } },
    do: [{ look: { call: 'Shop/getItem', with: { id: '1' } } }, { tell: { emit: { event: { with: { source: 'https://shop.example/flows', type: 'order.looked-up', data: { ok: true } } } } } }],
  }))
  expectStatus(201, await call('POST', '/api/v1/webhooks', { name: 'told', url: `${service.url}/told`, events: ['order.looked-up'], transformations: ['if .data.edited then .data else { only: .data.ok } end'] }))
  expectStatus(202, await call('POST', '/api/v1/events', { specversion: '1.0', id: 'order-17', source: '/shop', type: 'order.paid', data: { n: 17 } }))
  await vi.waitFor(async () => {
    const [delivery] = (await call('GET', '/api/v1/deliveries?status=delivered')).body.data
    ids.delivery = delivery.id
  }, { timeout: 20_000, interval: 50 })
  expectStatus(201, await call('POST', '/api/v1/webhooks', { name: 'told exactly', url: `${service.url}/exactly`, events: ['order.exact'] }))
  expectStatus(202, await call('POST', '/api/v1/events', `{"specversion":"1.0","id":"exact-1","source":"/shop","type":"order.exact","data":${exactData}}`))
  await vi.waitFor(async () => { ids.exact = (await call('GET', '/api/v1/deliveries?status=delivered&eventType=order.exact')).body.data[0].id }, { timeout: 20_000, interval: 50 })
  ids.event = (await call('GET', '/api/v1/events/order-17')).body.messageId
  ids.run = (await call('GET', '/api/v1/runs')).body.data[0].id
  ids.execution = (await call('GET', '/api/v1/executions')).body.data[0].id
})

test('from a delivery one gets to the event, the run and the execution, and back, each at its own address', async () => {
  const { page, visit, complaints, expectAccessible } = await dashboard.visitor()
  const related = page.getByRole('region', { name: 'Related records' })
  await visit(`deliveries/${ids.delivery}`, 'order.looked-up')
  await related.getByRole('link', { name: 'passes-on' }).waitFor()
  await page.getByRole('list', { name: 'Timeline' }).getByText('Attempt 1').waitFor()
  await expectAccessible('a delivery')
  await related.getByRole('link', { name: 'order.paid' }).click()
  await page.getByRole('heading', { level: 1, name: 'order.paid' }).waitFor()
  expect(new URL(page.url()).pathname).toBe(`/t/default/events/${ids.event}`)
  await expectAccessible('an event')
  await related.getByRole('link', { name: 'passes-on' }).click()
  await page.getByRole('heading', { level: 1, name: 'passes-on' }).waitFor()
  expect(new URL(page.url()).pathname).toBe(`/t/default/runs/${ids.run}`)
  await related.getByRole('link', { name: 'getItem' }).click()
  await page.getByRole('heading', { level: 1, name: 'getItem' }).waitFor()
  expect(new URL(page.url()).pathname).toBe(`/t/default/executions/${ids.execution}`)
  await page.getByRole('list', { name: 'Timeline' }).getByText('Upstream').waitFor()
  await expectAccessible('an execution')
  await related.getByRole('link', { name: 'order.paid' }).waitFor()
  expect(complaints).toEqual([])
})

test('an event is sent once more with edits, and a delivery to its endpoint alone', async () => {
  const { page, visit, complaints } = await dashboard.visitor()
  const typeInto = async (name: string, text: string): Promise<void> => {
    await page.getByRole('textbox', { name }).click()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.insertText(text)
  }
  await visit(`events/${ids.event}`, 'order.paid')
  await page.getByRole('button', { name: 'Send with edits' }).click()
  await typeInto('Event', '{"specversion": ')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByText('This is no JSON').waitFor()
  await typeInto('Event', JSON.stringify({ specversion: '1.0', id: 'order-18', source: '/shop', type: 'order.paid.again', data: { n: 18 } }))
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'order.paid.again' }).waitFor()
  expect((await dashboard.hub.call('GET', '/api/v1/events/order-18')).body.data).toEqual({ n: 18 })
  // The new one says of which it is, and that one knows of it.
  const related = page.getByRole('region', { name: 'Related records' })
  await related.getByRole('link', { name: 'order.paid', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'order.paid', exact: true }).waitFor()
  await related.getByRole('listitem').filter({ hasText: 'again · Event' }).getByRole('link', { name: 'order.paid.again' }).waitFor()
  await page.getByRole('button', { name: 'Send again' }).click()
  await page.getByText('Sent: this is the new event.').first().waitFor()
  await page.waitForURL((url) => url.pathname.includes('/events/') && !url.pathname.endsWith(ids.event))
  await visit(`deliveries/${ids.delivery}`, 'order.looked-up')
  await page.getByRole('button', { name: 'Send with edits' }).click()
  await typeInto('Data', '{"edited": true}')
  await page.getByRole('button', { name: 'Send the test event' }).click()
  await page.getByRole('link', { name: 'Open the delivery' }).waitFor()
  await vi.waitFor(() => { expect(upstream!.asked.some(({ url, body }) => url.endsWith('/told') && body.includes('"edited":true'))).toBe(true) }, { timeout: 10_000, interval: 50 })
  expect(complaints).toEqual([])
})

test('a link is shared without filters, with what its receiver needs; requests are copied as curl', async () => {
  const { page, context, visit } = await dashboard.visitor()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const copied = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText())
  await visit(`executions/${ids.execution}?x=1`, 'getItem')
  await page.getByRole('button', { name: 'Share' }).click()
  await page.getByText(/Link copied\. It opens for members of/).waitFor()
  expect(await copied()).toBe(`${dashboard.hub.url}/t/default/executions/${ids.execution}`)
  await page.getByRole('button', { name: 'Copy as curl' }).click()
  await expect.poll(copied).toContain(`curl '${upstream!.url}/items/1'`)
  await visit(`events/${ids.event}`, 'order.paid')
  await page.getByRole('button', { name: 'Copy as curl' }).click()
  await expect.poll(copied).toContain('"id":"order-17"')
  expect(await copied()).not.toContain(ids.event)
  await visit(`deliveries/${ids.delivery}`, 'order.looked-up')
  await page.getByRole('button', { name: 'Copy as curl' }).click()
  await expect.poll(copied).toContain(`${upstream!.url}/told`)
  // What the endpoint's transformation made of the event, not the event.
  expect(await copied()).toContain(`--data-raw '{"only":true}'`)
  await page.getByRole('region', { name: 'Attempt 1' }).getByText('"only"').waitFor()
  await visit(`runs/${ids.run}`, 'passes-on')
  await page.getByRole('button', { name: 'Copy as curl' }).click()
  await expect.poll(copied).toContain(`${dashboard.hub.url}/api/v1/flows/passes-on/runs`)
})

test('curl of a delivery sends again what went over the wire, byte for byte, under the signature that it had', async () => {
  const { page, context, visit } = await dashboard.visitor()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const content = page.waitForResponse(/\/content$/)
  await visit(`deliveries/${ids.exact}`, 'order.exact')
  await (await content).finished()
  await page.getByRole('button', { name: 'Copy as curl' }).click()
  const copied = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText())
  await expect.poll(copied).toContain(exactData.slice(0, 30))
  await promisify(execFile)('sh', ['-c', `${await copied()} -sS`])
  const [first, again] = upstream!.asked.filter(({ url }) => url.endsWith('/exactly'))
  expect(again!.body).toBe(first!.body)
  expect(again!.body).toContain(exactData)
  for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature', 'content-type']) expect(again!.headers[name], name).toBe(first!.headers[name])
})

test('a run is started again by one click, and with edits; each names the other', async () => {
  const { page, visit, complaints } = await dashboard.visitor()
  await visit(`runs/${ids.run}`, 'passes-on')
  await page.getByRole('button', { name: 'Run again', exact: true }).click()
  await page.waitForURL((url) => url.pathname.includes('/runs/') && !url.pathname.endsWith(ids.run))
  await page.getByRole('region', { name: 'Related records' }).getByRole('listitem').filter({ hasText: 'again · Flow run' }).waitFor()
  await page.getByRole('region', { name: 'Related records' }).getByRole('link', { name: 'passes-on' }).first().click()
  await page.waitForURL((url) => url.pathname.endsWith(ids.run))
  await page.getByRole('region', { name: 'Related records' }).getByRole('listitem').filter({ hasText: 'again · Flow run' }).first().waitFor()
  expect(complaints).toEqual([])
})

test('bytes are shown as bytes, with the whole as a file', async () => {
  const { page, visit, expectAccessible } = await dashboard.visitor()
  expectStatus(202, await dashboard.hub.call('POST', '/api/v1/events', { specversion: '1.0', id: 'picture', source: '/camera', type: 'picture.taken', datacontenttype: 'image/png', data_base64: Buffer.from('PNG and \u0001 more').toString('base64') }))
  await visit('events/picture', 'picture.taken')
  await page.getByText('Binary data. image/png, 14 B').waitFor()
  await page.getByText('50 4e 47 20', { exact: false }).waitFor()
  await expectAccessible('bytes')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download' }).click()
  expect((await download).suggestedFilename()).not.toBe('')
})

test('⌘K finds every kind of record by its id, operations by their words, and says where there is nothing', async () => {
  const { page, visit } = await dashboard.visitor()
  await visit('integrations', 'Integration Hub')
  const look = async (words: string): Promise<void> => {
    await page.keyboard.press('ControlOrMeta+K')
    const search = page.getByPlaceholder('Integrations, connectors, pages')
    await search.waitFor()
    await search.fill(words)
  }
  const action = (text: string | RegExp) => page.locator('[data-action]').filter({ hasText: text }).first()
  for (const [id, label] of [[ids.event, 'Event: order.paid'], [ids.run, 'Flow run: passes-on'], [ids.execution, 'Execution: getItem'], [ids.delivery, 'Delivery: order.looked-up']] as const) {
    await look(id)
    await action(label).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname.endsWith(id))
  }
  await look('get item')
  await action('Shop: getItem').click()
  await page.getByRole('heading', { level: 2, name: 'getItem' }).waitFor()
  await look('00000000-0000-7000-8000-000000000000')
  await page.getByText('Nothing of that name.').waitFor()
})
