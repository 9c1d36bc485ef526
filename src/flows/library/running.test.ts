/** Predefined flows do what they say, against real servers. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openHub, type TestHub } from '../../../test/hub.ts'
import { json, startUpstream, type Upstream } from '../../../test/upstream.ts'
import { startMailServer, type MailServer } from '../../connectors/smtp-email/mail-server.fixture.ts'
import { startZulip, type ZulipServer } from '../../connectors/zulip-message/zulip-server.fixture.ts'

let hub: TestHub
let close: () => Promise<void>
let mail: MailServer
let zulip: ZulipServer
let shop: Upstream
beforeAll(async () => {
  [mail, zulip, shop] = await Promise.all([startMailServer(), startZulip(), startUpstream()])
  ;({ hub, close } = await openHub())
  const credential = (id: string, connector: string, credentials: object): Promise<unknown> => hub.call('POST', '/api/v1/credentials', { id, connector, credentials })
  await credential('smtp-credentials', 'smtp-email', { host: '127.0.0.1', port: String(mail.port), from: 'hub@example.com' })
  await credential('zulip-credentials', 'zulip-message', { site: zulip.url, email: 'hub-bot@zulip.test', apiKey: 'right-key' })
  const operation = { get: { operationId: 'listOrders', responses: { 200: { description: 'ok', content: { 'application/json': {} } } } } }
  await hub.call('POST', '/api/v1/connectors/import?id=orders', { openapi: '3.1.0', info: { title: 'Orders', version: '1' }, servers: [{ url: shop.url }], paths: { '/orders': operation } })
  await hub.call('POST', '/api/v1/integrations?test=false', { name: 'Orders', connector: 'orders' })
})
afterAll(async () => {
  await close()
  await Promise.all([mail[Symbol.asyncDispose](), zulip[Symbol.asyncDispose](), shop.close()])
})

async function install(id: string, parameters: object): Promise<void> {
  const { status, body } = await hub.call('POST', `/api/v1/flows/library/${id}/install`, { parameters })
  expect(status, JSON.stringify(body)).toBe(201)
}

async function run(flow: string, input: unknown): Promise<any> { // eslint-disable-line typescript/no-explicit-any
  const { status, body } = await hub.call('POST', `/api/v1/flows/${flow}/runs?wait=30s`, { input })
  expect(body, JSON.stringify(body)).toMatchObject({ status: 'completed' })
  expect(status).toBe(200)
  return body.output
}

test('send-summary-email sends HTML by a credential alone, from a tenant that installed nothing; one integration is made of it for all runs', async () => {
  for (const subject of ['First', 'Second']) expect(await run('send-summary-email', { to: ['Ada <ada@example.com>', 'bob@example.com'], subject, body: '<p>It <b>works</b>.</p>' })).toMatchObject({ accepted: ['ada@example.com', 'bob@example.com'] })
  expect(mail.received.map(({ email: { subject, html }, to }) => ({ subject, html: html?.trim(), to }))).toEqual(['First', 'Second'].map((subject) => ({ subject, html: '<p>It <b>works</b>.</p>', to: ['ada@example.com', 'bob@example.com'] })))
  const { body } = await hub.call('GET', '/api/v1/integrations?connector=smtp-email')
  expect(body.data).toMatchObject([{ name: 'smtp-credentials', connector: 'smtp-email' }])
  expect((await hub.call('GET', `/api/v1/executions?integrationId=${body.data[0].id}`)).body.data).toHaveLength(2)
  expect(await hub.call('POST', '/api/v1/flows/send-summary-email/runs?wait=5s', { input: { to: 'x@example.com', subject: 'no body' } })).toMatchObject({ status: expect.any(Number), body: expect.not.objectContaining({ status: 'completed' }) })
})

test('another tenant has the flow too, but not the credential', async () => {
  const key = await hub.addTenant('without-mail')
  const before = mail.received.length
  const { body } = await hub.call('POST', '/api/v1/flows/send-summary-email/runs?wait=10s', { input: { to: 'a@example.com', subject: 's', body: 'b' } }, { key })
  expect(body).toMatchObject({ status: 'faulted', error: { detail: expect.stringContaining('smtp-credentials') } })
  expect(mail.received).toHaveLength(before)
})

test('webhook-to-zulip posts what an event says', async () => {
  await install('webhook-to-zulip', { eventType: 'order.paid', channel: 'orders', message: '"Order \\(.data.id) was paid"' })
  await run('webhook-to-zulip', [{ type: 'order.paid', data: { id: 17 } }])
  expect(zulip.messages.at(-1)).toMatchObject({ stream: 'orders', subject: 'Webhooks', content: 'Order 17 was paid' })
})

test('failed-health-check-email tells what fails', async () => {
  await install('failed-health-check-email', { to: 'ops@example.com' })
  await run('failed-health-check-email', [{ type: 'integration.failing', data: { integration: 'Shop', connector: 'shop', error: 'The host cannot be reached.' } }])
  expect(mail.received.at(-1)).toMatchObject({ to: ['ops@example.com'], email: { subject: 'Shop is failing', text: expect.stringContaining('The host cannot be reached.') } })
})

test('report-by-email sends a sheet of the rows, nested values as JSON', async () => {
  shop.answer((_request, response) => { json(response, 200, { orders: [{ id: 1, note: 'a "quoted", note' }, { id: 2, tags: ['x'], note: null }] }) })
  await install('report-by-email', { call: 'Orders/listOrders', rows: '.orders', to: 'boss@example.com', subject: 'Orders' })
  await run('report-by-email', {})
  const { email } = mail.received.at(-1)!
  expect(email.subject).toBe('Orders')
  const [attachment] = email.attachments
  expect(attachment).toMatchObject({ filename: 'report.csv', mimeType: 'text/csv' })
  const sheet = typeof attachment!.content === 'string' ? attachment!.content : Buffer.from(attachment!.content as ArrayBuffer).toString('utf8')
  expect(sheet.split('\r\n')).toEqual(['"id","note","tags"', '1,"a ""quoted"", note",', '2,,"[""x""]"'])
})

test('nightly-api-to-file puts the result under the name of the day', async () => {
  shop.answer((request, response) => { json(response, request.method === 'PUT' ? 201 : 200, { orders: [1, 2] }) })
  await install('nightly-api-to-file', { call: 'Orders/listOrders', folder: `${shop.url}/files/` })
  shop.asked.length = 0
  await run('nightly-api-to-file', {})
  const put = shop.asked.find(({ method }) => method === 'PUT')
  expect(put).toMatchObject({ url: expect.stringMatching(/^\/files\/\d{4}-\d\d-\d\d\.json$/) })
  expect(JSON.parse(put!.body)).toEqual({ orders: [1, 2] })
})

describe('approval-before-operation', () => {
  const patience = { timeout: 20_000, interval: 50 }
  const approved = { orders: ['approved'] }

  /** A run that has asked, and waits: with the link from the mail. */
  async function ask(flow: string): Promise<{ link: string, run(): Promise<{ status: string, output: unknown, error?: { type: string, status: number } }> }> {
    shop.asked.length = 0
    shop.answer((_request, response) => { json(response, 200, approved) })
    const { body: { id } } = await hub.call('POST', `/api/v1/flows/${flow}/runs`, { input: { order: 17 } })
    const run = async (): Promise<any> => (await hub.call('GET', `/api/v1/runs/${id}`)).body // eslint-disable-line typescript/no-explicit-any
    await vi.waitFor(async () => { expect((await run()).status).toBe('waiting') }, patience)
    const { to, email: { text = '' } } = mail.received.at(-1)!
    expect(to).toEqual(['boss@example.com'])
    expect(text).toContain(`The run ${id} waits`)
    expect(text).toContain('{"order":17}')
    return { link: /http:\S+\/approvals\/\S+/.exec(text)![0], run }
  }
  const answer = (link: string, decision: string): Promise<Response> => fetch(link, { method: 'POST', body: new URLSearchParams({ decision }) })

  test('waits for an answer, calls the operation once the link of the mail is used to approve, and never again', async () => {
    await install('approval-before-operation', { call: 'Orders/listOrders', approver: 'boss@example.com' })
    const { link, run } = await ask('approval-before-operation')
    const page = await fetch(link)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('{&quot;order&quot;:17}')])
    // Another run's answer, and mail programs that look at the link, decide nothing.
    await hub.call('POST', '/api/v1/events', { specversion: '1.0', id: 'foreign', source: '/boss', type: 'approval.given', data: { run: 'another' } })
    expect(shop.asked).toEqual([])
    expect((await run()).status).toBe('waiting')
    expect((await answer(link, 'given')).status).toBe(200)
    await vi.waitFor(async () => { expect(await run()).toMatchObject({ status: 'completed', output: approved }) }, patience)
    for (const decision of ['given', 'denied']) expect((await answer(link, decision)).status).toBe(409)
    expect(shop.asked).toHaveLength(1)
  })

  test('a denial ends the run with an authorization error, and the operation is not called', async () => {
    const { link, run } = await ask('approval-before-operation')
    expect((await answer(link, 'denied')).status).toBe(200)
    await vi.waitFor(async () => { expect(await run()).toMatchObject({ status: 'faulted', error: { type: 'https://serverlessworkflow.io/spec/1.0.0/errors/authorization', status: 403, title: 'The approval was denied' } }) }, patience)
    expect(shop.asked).toEqual([])
  })

  test('where nobody answers in time the run ends with a timeout, and the link is good for nothing', async () => {
    expect(await hub.call('POST', '/api/v1/flows/library/approval-before-operation/install', { parameters: { call: 'Orders/listOrders', approver: 'boss@example.com', patience: 'PT3S' }, name: 'impatient' })).toMatchObject({ status: 201 })
    const { link, run } = await ask('impatient')
    await vi.waitFor(async () => { expect(await run()).toMatchObject({ status: 'faulted', error: { type: 'https://serverlessworkflow.io/spec/1.0.0/errors/timeout', status: 408 } }) }, patience)
    expect((await fetch(link)).status).toBe(404)
    expect((await answer(link, 'given')).status).toBe(404)
    expect(shop.asked).toEqual([])
  })
})
