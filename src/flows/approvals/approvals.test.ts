import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openHub, type TestHub } from '../../../test/hub.ts'
import { expectStatus } from '../../../test/service.ts'
import { startUpstream, type Upstream } from '../../../test/upstream.ts'

const patience = { timeout: 20_000, interval: 50 }
let hub: TestHub, close: () => Promise<void>, upstream: Upstream

beforeAll(async () => {
  upstream = await startUpstream();
  ({ hub, close } = await openHub())
  expectStatus(201, await hub.call('POST', '/api/v1/flows', `
document: { dsl: '1.0.3', namespace: default, name: asking, version: '1.0.0' }
do:
  - ask:
      call: approval-link:1.0.0@interchange
      with: { subject: refund, title: 'Refund <script>alert(1)</script>?', detail: '\${ "Order \\(.order)" }', expires: '\${ .expires // "P1D" }' }
  - tell: { call: http, with: { method: post, endpoint: '${upstream.url}/tell', body: { url: '\${ .url }' } } }
`, { headers: { 'content-type': 'application/yaml' } }))
})
afterAll(async () => {
  await close()
  await upstream.close()
})

/** The run, and the link that it sent to the one who is to decide. */
async function ask(input: object): Promise<{ id: string, url: string }> {
  const { body: { id, status } } = expectStatus(200, await hub.call<{ id: string, status: string }>('POST', '/api/v1/flows/asking/runs?wait=20s', { input }))
  expect(status).toBe('completed')
  return { id, ...JSON.parse(upstream.asked.at(-1)!.body) as { url: string } }
}

const answer = (url: string, form: Record<string, string>): Promise<Response> => fetch(url, { method: 'POST', body: new URLSearchParams(form) })

async function answersOf(run: string): Promise<unknown[]> {
  const { body: { data } } = expectStatus(200, await hub.call<{ data: { id: string, type: string, subject: string }[] }>('GET', `/api/v1/events?type=approval.*&subject=${run}`))
  return Promise.all(data.map(async ({ id }) => expectStatus(200, await hub.call('GET', `/api/v1/events/${id}`)).body))
}

test('a link is answered once, and the answer is an event about the run; looking at it decides nothing', async () => {
  const { id, url } = await ask({ order: '<b>17</b>' })
  const page = await fetch(url)
  const text = await page.text()
  expect([page.status, page.headers.get('content-security-policy')]).toEqual([200, expect.stringContaining("default-src 'none'")])
  expect(text).toContain('Refund &lt;script&gt;')
  expect(text).toContain('Order &lt;b&gt;17')
  expect(await answersOf(id)).toEqual([])
  expect((await answer(url, { comment: 'no button' })).status).toBe(400)
  const both = await Promise.all([answer(url, { decision: 'given', comment: 'fine' }), answer(url, { decision: 'denied' })])
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
  await vi.waitFor(async () => { expect(await answersOf(id)).toHaveLength(1) }, patience)
  const [told] = await answersOf(id)
  expect(JSON.stringify(told)).toContain(`"for":"refund"`)
  expect(await (await fetch(url)).text()).toContain('This was answered')
})

test('a link that nobody made, or whose time is over, answers nothing', async () => {
  const { url } = await ask({ order: 1, expires: 'PT0S' })
  expect((await fetch(url)).status).toBe(404)
  expect((await answer(url, { decision: 'given' })).status).toBe(404)
  expect((await answer(`${hub.url}/approvals/ia_${'x'.repeat(43)}`, { decision: 'given' })).status).toBe(404)
})

test('the link stands in no record of the run, so that who may read it is not thereby who may answer', async () => {
  const { id, url } = await ask({ order: 2 })
  const { text } = expectStatus(200, await hub.call('GET', `/api/v1/runs/${id}`))
  expect(text).not.toContain(url.slice(url.lastIndexOf('/') + 1))
})
