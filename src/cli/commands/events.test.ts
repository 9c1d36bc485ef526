import { expect, test } from 'vitest'
import type { WebhookSource } from '../../client/types.ts'
import { useScene } from '../shop.fixture.ts'

const scene = useScene()
const { run, answerOf } = scene

test('an event is sent, listed, found by what is in it, and shown whole', async () => {
  const sent = await run(['events', 'send', '--type', 'order.paid', '--source', '/shop', '--subject', '17', '--data', '{"total": 120}'])
  expect(sent).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^Sent order\.paid, event [0-9a-f-]{36}\.\n$/) })
  const [id] = /[0-9a-f-]{36}/.exec(sent.stdout)!
  await answerOf(['events', 'send', '--type', 'order.paid', '--source', '/shop', '--subject', '18', '--data', '-'], { stdin: '{"total": 3, "note": "a Needle"}' })
  await answerOf(['events', 'send', '--type', 'order.open', '--id', 'of-my-own'])
  expect((await run(['events', '--type', 'order.p*', '--source', '/shop', '--subject', '17', '--from', '1h'])).stdout).toMatch(new RegExp(`^ID +WHEN +TYPE +SOURCE +SUBJECT +DATA\n${id} +\\d+ seconds? ago +order\\.paid +/shop +17 +\\{"total":120\\}\n$`))
  expect(await answerOf(['events', '--filter', '.data.total > 100'])).toMatchObject({ data: [{ id }] })
  expect(await answerOf(['events', '-q', 'needle'])).toMatchObject({ data: [{ subject: '18' }] })
  expect(await answerOf(['events', 'list', '--to', '2020-01-01'])).toMatchObject({ data: [] })
  expect(await answerOf(['events', 'get', id])).toMatchObject({ id, specversion: '1.0', datacontenttype: 'application/json', data: { total: 120 } })
  expect(await answerOf(['events', 'show', 'of-my-own', '--source', '/cli'])).toMatchObject({ type: 'order.open' })
  expect(await run(['events', 'show', 'of-my-own', '--source', '/shop'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^not_found: /) })
})

test('those of a webhook source are found by its name', async () => {
  const { url } = await answerOf<WebhookSource>(['webhooks', 'sources', 'create', 'Shop', '--scheme', 'none', 'eventSource=/my-shop'])
  await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"type":"from.shop"}' })
  expect(await answerOf(['events', '--webhook-source', 'shop'])).toMatchObject({ data: [{ type: 'from.shop', source: '/my-shop' }] })
})

test('an event that is none is refused with the place', async () => {
  expect(await run(['events', 'send', '--type', 'x', '--source', 'not a URI'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^invalid_request: [^]*\/source: /) })
  expect(await run(['events', 'send', '--type', 'x', '--data', '{'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/^--data is no JSON: /) })
})
